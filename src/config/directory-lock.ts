import { closeSync, openSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const LOCK_FILE = 'lock';
const HEARTBEAT_MS = 2_000;
/** A holder on another host (a container that shares the volume) counts as dead after this time without a heartbeat. */
const STALE_MS = 15_000;

interface Holder {
  pid: number;
  host: string;
  /** Start of the process in clock ticks since boot, which detects a reused pid; Linux only. */
  startTicks: string | null;
  /** The directory's inode: the lock in a copy of a directory has no holder. */
  inode?: number;
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
  ) {
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  /** @throws DirectoryInUseError */
  static acquire(directory: string): DirectoryLock {
    const path = join(directory, LOCK_FILE);
    const inode = statSync(directory).ino;
    const self: Holder = { pid: process.pid, host: hostname(), startTicks: startTicks(process.pid), inode };
    const content = JSON.stringify(self);
    for (;;) {
      if (tryCreate(path, content)) return new DirectoryLock(path, content);
      const found = read(path);
      const holder = parseHolder(found);
      const isCopy = holder?.inode !== undefined && holder.inode !== inode;
      if (holder && !isCopy && isAlive(path, holder)) throw new DirectoryInUseError(directory, holder);
      setAside(path, found);
    }
  }

  /** Releases the lock, unless another process took it over after missing heartbeats. */
  release(): void {
    clearInterval(this.heartbeat);
    if (read(this.path) === this.content) rmSync(this.path, { force: true });
  }

  private beat(): void {
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
  return holder.startTicks === startTicks(holder.pid);
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

/** Field 22 of /proc/PID/stat. @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
