import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';

const CLOSE_TIMEOUT_MS = 10_000;
/** `pg` finds a server's socket by directory and port. */
export const EMBEDDED_PORT = 5432;

/** PostgreSQL as a library (PGlite) in a worker thread, reached over a Unix socket that only this user can open. */
export class EmbeddedDatabase {
  private constructor(
    private readonly worker: Worker,
    readonly socketDirectory: string,
  ) {}

  /**
   * Opens the database in a directory and makes it first where there is none. The making happens beside and is put in
   * place by a rename, so that a process killed half way leaves nothing that does not open.
   */
  static async open(directory: string): Promise<EmbeddedDatabase> {
    if (!existsSync(directory)) {
      const unfinished = `${directory}.new`;
      rmSync(unfinished, { recursive: true, force: true });
      await promisify(execFile)(process.execPath, [join(__dirname, 'embedded-database.init.js'), unfinished]);
      renameSync(unfinished, directory);
    }
    const socketDirectory = mkdtempSync(join(tmpdir(), 'thriftgate-'));
    const socketPath = join(socketDirectory, `.s.PGSQL.${EMBEDDED_PORT}`);
    const worker = new Worker(join(__dirname, 'embedded-database.worker.js'), {
      workerData: { directory, socketPath },
      resourceLimits: { maxYoungGenerationSizeMb: 8 },
    });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', reject);
      worker.once('exit', (code) => reject(new Error(`The embedded database stopped while it opened (${code}).`)));
    });
    return new EmbeddedDatabase(worker, socketDirectory);
  }

  async close(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.worker.once('exit', () => resolve()));
    this.worker.postMessage('close');
    const timeout = setTimeout(() => void this.worker.terminate(), CLOSE_TIMEOUT_MS);
    await ended;
    clearTimeout(timeout);
    rmSync(this.socketDirectory, { recursive: true, force: true });
  }
}
