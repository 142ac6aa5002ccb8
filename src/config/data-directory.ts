import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryInUseError, DirectoryLock } from './directory-lock';
import { ConfigError } from './load-config';

const SECRET_FILE = 'secret.key';
/** A process that is about to end, for example in a rolling restart, releases the directory within this time. */
const WAIT_FOR_LOCK_MS = 5_000;

/** The directory of the journal, the embedded database and generated secrets. One process at a time may have it open. */
export class DataDirectory {
  private constructor(
    readonly path: string,
    private readonly lock: DirectoryLock,
  ) {}

  /**
   * Creates the directory if it is missing and takes its lock.
   *
   * @param onLost called once if another process has taken the directory, because this one was suspended for long
   * @throws DirectoryInUseError if a live process has it open
   * @throws ConfigError if it cannot be created or written
   */
  static open(path: string, onLost?: () => void): DataDirectory {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return new DataDirectory(
        path,
        DirectoryLock.acquire(path, { waitMs: WAIT_FOR_LOCK_MS, ...(onLost && { onLost }) }),
      );
    } catch (error) {
      if (error instanceof DirectoryInUseError) throw error;
      throw new ConfigError([
        `DATA_DIR: ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      ]);
    }
  }

  /** A path inside the directory. */
  resolve(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** The secret of the HMACs, generated at the first start and stored here, readable only by its owner. */
  secretKey(): string {
    const path = this.resolve(SECRET_FILE);
    if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
    return readFileSync(path, 'utf8').trim();
  }

  close(): void {
    this.lock.release();
  }
}
