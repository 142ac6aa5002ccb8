import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const LOCK_FILE = 'lock';
const HEARTBEAT_MS = 2_000;
/** A holder on another host (a container that shares the volume) counts as dead after this time without a heartbeat. */
const STALE_MS = 15_000;
const LOOK_AGAIN_MS = 50;

interface Holder {
  pid: number;
  host: string;
  /** Start of the process in clock ticks since boot, which detects a reused pid; Linux only. */
  startTicks: string | null;
  /** The directory's inode: the lock in a copy of a directory has no holder. */
  inode?: number;
}

interface LockOptions {
  waitMs?: number;
  onLost?: () => void;
}

/** A live process holds the data directory. */
export class DirectoryInUseError extends Error {
  constructor(directory: string, holder: Holder) {
    super(
      `The data directory ${directory} is in use by process ${holder.pid} on ${holder.host}. ` +
        'Stop that process, or give this one a DATA_DIR of its own.',
    );
    this.name = 'DirectoryInUseError';
  }
}

/**
 * A lock file that names the holder's process. Node has no kernel file locks without a native module. The file of a
 * process that was killed with `kill -9` is detected and replaced at once.
 */
export class DirectoryLock {
  private readonly heartbeat: NodeJS.Timeout;

  private constructor(
    private readonly path: string,
    private readonly content: string,
    private readonly onLost: () => void,
  ) {
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  /**
   * Blocks while it waits.
   *
   * @param options.waitMs how long to wait for a holder that may be about to end
   * @param options.onLost called once if another process has taken the lock, because this one was suspended for long
   * @throws DirectoryInUseError
   */
  static acquire(directory: string, { waitMs = 0, onLost = () => {} }: LockOptions = {}): DirectoryLock {
    const deadline = performance.now() + waitMs;
    const path = join(directory, LOCK_FILE);
    const inode = statSync(directory).ino;
    const self: Holder = { pid: process.pid, host: hostname(), startTicks: startTicks(process.pid), inode };
    const content = JSON.stringify(self);
    for (;;) {
      if (tryCreate(path, content)) return new DirectoryLock(path, content, onLost);
      const found = read(path);
      const holder = parseHolder(found);
      const isCopy = holder?.inode !== undefined && holder.inode !== inode;
      if (!holder || isCopy || !isAlive(path, holder)) setAside(path, found);
      else if (performance.now() >= deadline) throw new DirectoryInUseError(directory, holder);
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
    }
  }

  /** Releases the lock, unless another process took it over after missing heartbeats. */
  release(): void {
    clearInterval(this.heartbeat);
    if (read(this.path) === this.content) rmSync(this.path, { force: true });
  }

  private beat(): void {
    const found = read(this.path);
    if (found !== undefined && found !== this.content) {
      clearInterval(this.heartbeat);
      this.onLost();
      return;
    }
    const now = new Date();
    try {
      utimesSync(this.path, now, now);
    } catch {
      // The file was removed by hand. Calls continue.
    }
  }
}

function tryCreate(path: string, content: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, content);
    closeSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(content: string | undefined): Holder | undefined {
  try {
    return JSON.parse(content ?? '') as Holder;
  } catch {
    return undefined;
  }
}

function isAlive(path: string, holder: Holder): boolean {
  if (holder.host !== hostname()) {
    const file = statSync(path, { throwIfNoEntry: false });
    return file !== undefined && Date.now() - file.mtimeMs < STALE_MS;
  }
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
    // A process of another user, which some systems hide.
    const ticks = startTicks(holder.pid);
    return ticks === null || ticks === holder.startTicks;
  }
  return !isZombie(holder.pid) && holder.startTicks === startTicks(holder.pid);
}

/** A process that has ended and that its parent has not waited for yet. */
function isZombie(pid: number): boolean {
  return processFields(pid)?.[0] === 'Z';
}

/**
 * Removes the file of a dead holder. When two processes start at once, the slower one may move the new file of the other;
 * it then puts the file back.
 *
 * @param judged the content of the file when its holder was found dead
 */
function setAside(path: string, judged: string | undefined): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (read(aside) === judged) rmSync(aside, { force: true });
    else renameSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Field 22 of /proc/PID/stat. */
function startTicks(pid: number): string | null {
  return processFields(pid)?.[19] ?? null;
}

/** The fields of /proc/PID/stat from the third one, the state. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function processFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
