import { type ChildProcess, spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const ENTRY = resolve(__dirname, '../../dist/src/main.js');
/** More lines than wait in the gateway and in the pipe: a megabyte or two, of 170 bytes each. */
const REQUESTS = 16_000;

/** A file system in memory of 64 KB, if this machine allows to mount one. */
function mountDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'thriftgate-log-disk-'));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory]).status === 0) return directory;
  rmSync(directory, { recursive: true });
  return undefined;
}

/** A15: the log never stops the process. */
describe('a gateway whose log cannot be written', () => {
  const disk = mountDisk();
  let gateway: RunningGateway;
  let key: string;
  let child: ChildProcess;

  beforeAll(async () => {
    gateway = await startGateway({ env: { LOG_LEVEL: 'info' } });
    ({ key } = await gateway.createKey());
    await gateway.terminate();
  });
  afterEach(() => void child.kill('SIGKILL'));
  afterAll(async () => {
    await gateway.stop();
    if (disk) spawnSync('umount', [disk]);
  });

  const start = async (output: number | 'pipe') => {
    const stdio: StdioOptions = ['ignore', output, 'ignore'];
    child = spawn(process.execPath, [ENTRY], { env: gateway.env, cwd: gateway.dataDirectory, stdio });
    await eventually(async () => (await readiness().catch(() => undefined))?.status);
  };
  const readiness = async (): Promise<{ status: string; log?: string }> =>
    (await gateway.request('GET', '/health/ready', undefined)).body;
  /** Requests one after another on one connection, as fast as it goes. */
  const fillLog = () =>
    new Promise<void>((done, fail) => {
      const { hostname, port } = new URL(gateway.url);
      const socket = connect(Number(port), hostname).on('error', fail).resume().on('end', done);
      socket.write('GET /health/live HTTP/1.1\r\nHost: gateway\r\n\r\n'.repeat(REQUESTS - 1));
      socket.write('GET /health/live HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n');
    });
  /** Ends the process with SIGTERM. @returns its exit code */
  const terminate = () =>
    new Promise<number | null>((done) => {
      child.once('exit', done);
      child.kill('SIGTERM');
    });

  const WAYS: [where: string, open: () => number | 'pipe', then: () => void][] = [
    ['on a full device', () => openSync('/dev/full', 'w'), () => undefined],
    ['into a pipe without a reader', () => 'pipe', () => undefined],
    ['into a pipe whose reader is gone', () => 'pipe', () => void child.stdout?.destroy()],
  ];

  it.each(WAYS)(
    'A15: responds %s, says so, and ends in order',
    async (_where, open, then) => {
      const output = open();
      await start(output);
      if (output !== 'pipe') closeSync(output);
      then();
      await fillLog();
      expect((await gateway.chat(key, `log ${_where}`)).status).toBe(200);
      expect(await eventually(async () => (await readiness()).log)).toBe('failing');
      expect(await terminate()).toBe(0);
    },
    120_000,
  );

  (disk ? it : it.skip)(
    'A15: drops lines on a full disk, and says how many once there is room',
    async () => {
      const [path, filler] = [join(disk ?? '', 'log'), join(disk ?? '', 'filler')];
      writeFileSync(filler, Buffer.alloc(48 * 1024));
      const file = openSync(path, 'a');
      await start(file);
      closeSync(file);
      await fillLog();
      expect((await gateway.chat(key, 'log on a full disk')).status).toBe(200);
      expect(await readiness()).toMatchObject({ status: 'ok', log: 'failing' });
      spawnSync('mount', ['-o', 'remount,size=16m', disk ?? '']);
      await eventually(async () => ((await readiness()).log === undefined ? true : undefined));
      const dropped = await eventually(() => linesOf(path).find(({ msg }) => msg.includes('were dropped')));
      expect(dropped.lines).toBeGreaterThan(100);
      expect(linesOf(path).length + Number(dropped.lines)).toBeGreaterThan(REQUESTS);
      expect(await terminate()).toBe(0);
    },
    120_000,
  );

  /** The lines of the log, without the banner. */
  const linesOf = (path: string): { msg: string; lines?: number }[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
});
