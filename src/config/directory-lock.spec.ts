import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../../test/support/eventually';
import { DirectoryInUseError, DirectoryLock } from './directory-lock';

const linux = process.platform === 'linux' ? it : it.skip;

/** Field 22 of /proc/PID/stat: when the process started. */
const ticksOf = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
};

describe('the lock of the data directory', () => {
  let directory: string;
  let path: string;
  let child: ChildProcess;
  let childPid: number;
  const locks: DirectoryLock[] = [];

  beforeAll(async () => {
    child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    await once(child, 'spawn');
    childPid = child.pid ?? 0;
  });
  afterAll(() => void child.kill('SIGKILL'));
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'thriftgate-lock-'));
    path = join(directory, 'lock');
  });
  afterEach(() => {
    jest.restoreAllMocks();
    for (const lock of locks.splice(0)) lock.release();
    rmSync(directory, { recursive: true, force: true });
  });

  const acquire = () => {
    const lock = DirectoryLock.acquire(directory);
    locks.push(lock);
    return lock;
  };
  const holder = (): unknown => JSON.parse(readFileSync(path, 'utf8'));
  const held = (by: object) => writeFileSync(path, JSON.stringify({ host: hostname(), startTicks: null, ...by }));
  const ageBy = (ms: number) => utimesSync(path, new Date(Date.now() - ms), new Date(Date.now() - ms));
  const ownIt = () => expect(holder()).toMatchObject({ pid: process.pid, host: hostname() });
  /** The pid of a process that was killed and has exited. */
  const deadPid = async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await once(gone, 'exit');
    return gone.pid ?? 0;
  };

  it('is taken, refused to a second process with what to do, and released', () => {
    const lock = acquire();
    ownIt();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(() => DirectoryLock.acquire(directory)).toThrow(DirectoryInUseError);
    expect(() => DirectoryLock.acquire(directory)).toThrow(
      `${directory} is in use by process ${process.pid} on ${hostname()}. Stop that process, or give this one a DATA_DIR`,
    );
    lock.release();
    expect(existsSync(path)).toBe(false);
    acquire();
  });

  linux('is refused while its holder is alive', () => {
    held({ pid: childPid, startTicks: ticksOf(childPid) });
    ageBy(3_600_000);
    expect(() => acquire()).toThrow(`in use by process ${childPid}`);
    expect(holder()).toMatchObject({ pid: childPid });
  });

  it('is taken at once from a dead holder', async () => {
    held({ pid: await deadPid(), startTicks: '1' });
    acquire();
    ownIt();
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  linux('is taken from a dead holder whose pid another process has now', () => {
    held({ pid: childPid, startTicks: String(Number(ticksOf(childPid)) - 1) });
    acquire();
    ownIt();
  });

  linux('is taken from a dead holder whose pid this process has now, as in containers', () => {
    held({ pid: process.pid, startTicks: '1' });
    acquire();
    ownIt();
  });

  linux('compares the start times also for a process of another user', () => {
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
    });
    held({ pid: childPid, startTicks: ticksOf(childPid) });
    expect(() => acquire()).toThrow(DirectoryInUseError);
    held({ pid: childPid, startTicks: '1' });
    acquire();
    ownIt();
  });

  it('is refused if the process of another user is hidden', () => {
    jest.spyOn(process, 'kill').mockImplementation(() => {
      throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
    });
    held({ pid: 2 ** 30, startTicks: '1' });
    expect(() => acquire()).toThrow(DirectoryInUseError);
  });

  it('depends on the heartbeat of a holder on another host', () => {
    held({ pid: 1, host: 'elsewhere' });
    ageBy(10_000);
    expect(() => acquire()).toThrow('in use by process 1 on elsewhere');
    ageBy(20_000);
    acquire();
    ownIt();
  });

  it('has a heartbeat for other hosts', () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    try {
      acquire();
      ageBy(3_600_000);
      jest.advanceTimersByTime(5_000);
      expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(4_000);
      rmSync(path);
      jest.advanceTimersByTime(5_000);
    } finally {
      jest.useRealTimers();
    }
  });

  it.each(['', 'not json', 'null', '42', '{}', '{"pid":"x"}'])('replaces a file without a holder: %j', (content) => {
    writeFileSync(path, content);
    ageBy(20_000);
    acquire();
    ownIt();
  });

  linux('is not taken from the process that first replaced a dead holder', () => {
    held({ pid: childPid, startTicks: '1' });
    jest.spyOn(process, 'kill').mockImplementationOnce(() => {
      held({ pid: childPid, startTicks: ticksOf(childPid) });
      throw Object.assign(new Error('no such process'), { code: 'ESRCH' });
    });
    expect(() => acquire()).toThrow(DirectoryInUseError);
    expect(holder()).toMatchObject({ pid: childPid });
    expect(readdirSync(directory)).toEqual(['lock']);
  });

  it('is not released for another process that took it over', () => {
    const lock = acquire();
    held({ pid: 1, host: 'elsewhere' });
    lock.release();
    expect(holder()).toMatchObject({ host: 'elsewhere' });
  });

  linux('N19: is taken at once from a zombie', async () => {
    // The shell becomes a program that waits for no child, and only then does the child end.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [line] = await once(parent.stdout, 'data');
      const pid = Number(String(line).trim());
      await eventually(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
      process.kill(pid, 'SIGKILL');
      await eventually(() => readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '));
      held({ pid, startTicks: ticksOf(pid) });
      acquire();
      ownIt();
    } finally {
      parent.kill('SIGKILL');
    }
  });

  linux('N19: is waited for while its holder ends', async () => {
    const dying = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 400)']);
    await once(dying, 'spawn');
    held({ pid: dying.pid, startTicks: ticksOf(dying.pid ?? 0) });
    expect(() => acquire()).toThrow(DirectoryInUseError);
    locks.push(DirectoryLock.acquire(directory, { waitMs: 5_000 }));
    ownIt();
  });

  it('A17: is lost to a process that has taken it over, once', () => {
    jest.useFakeTimers();
    try {
      let lost = 0;
      locks.push(DirectoryLock.acquire(directory, { onLost: () => (lost += 1) }));
      jest.advanceTimersByTime(10_000);
      expect(lost).toBe(0);
      held({ pid: 1 });
      jest.advanceTimersByTime(10_000);
      expect(lost).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
