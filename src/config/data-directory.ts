import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryInUseError, DirectoryLock } from './directory-lock';
import { ConfigError } from './load-config';

const SECRET_FILE = 'secret.key';

/** The directory that holds all that an embedded gateway keeps. One process at a time may have it open. */
export class DataDirectory {
  private constructor(
    readonly path: string,
    private readonly lock: DirectoryLock,
  ) {}

  /**
   * Makes the directory where it is missing and takes its lock.
   *
   * @throws DirectoryInUseError when a live process has it
   * @throws ConfigError where it cannot be made or written in
   */
  static open(path: string): DataDirectory {
    try {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      return new DataDirectory(path, DirectoryLock.acquire(path));
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

  /** The key of the HMACs, made at the first start and kept here, readable by its owner alone. */
  secretKey(): string {
    const path = this.resolve(SECRET_FILE);
    if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
    return readFileSync(path, 'utf8').trim();
  }

  close(): void {
    this.lock.release();
  }
}
