import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const SIZE = '24m';
/** A separate disk that can be filled: a file system in memory, if this machine allows to mount one. */
function mountDisk(): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'thriftgate-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE}`, 'tmpfs', directory]);
  if (mounted.status === 0) return directory;
  rmSync(directory, { recursive: true });
  return undefined;
}

// The embedded database would be on the same disk, but only the journal is tested here.
const disk = process.env.TEST_DATABASE_URL ? mountDisk() : undefined;
const describeWithDisk = disk ? describe : describe.skip;

describeWithDisk('a gateway on a full journal disk (needs TEST_DATABASE_URL and the right to mount)', () => {
  let gateway: RunningGateway;
  const filler = join(disk ?? '', 'filler');

  beforeAll(async () => {
    mkdirSync(join(disk ?? '', 'data'));
    gateway = await startGateway({ env: { DATA_DIR: join(disk ?? '', 'data') } });
  });
  afterAll(async () => {
    rmSync(filler, { force: true });
    await gateway.stop();
    spawnSync('umount', [disk ?? '']);
  });

  it('refuses new calls, settles running calls, and recovers without a restart', async () => {
    const { key, teamId } = await gateway.createKey();
    const running = gateway.chat(key, '[[delay=1500]] running when the disk fills up');
    await eventually(
      () => gateway.fake.calls.some(({ body }) => JSON.stringify(body).includes('fills up')) || undefined,
    );
    fill();
    const refused = await eventually(async () => {
      const answer = await gateway.chat(key, `on a full disk ${Date.now()}`);
      return answer.status === 503 ? answer : undefined;
    });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await running).status).toBe(200);
    const reached = gateway.fake.calls.length;
    expect((await gateway.chat(key, 'still full')).status).toBe(503);
    expect(gateway.fake.calls).toHaveLength(reached);

    rmSync(filler);
    await eventually(async () => ((await gateway.chat(key, `healed ${Date.now()}`)).status === 200 ? true : undefined));
    const { data } = (await gateway.admin('GET', `/admin/requests?team_id=${teamId}`)).body;
    const settled = data.filter(({ state }: { state: string }) => state === 'settled');
    expect(settled).toHaveLength(data.length);
    expect(settled.length).toBe(gateway.fake.calls.length);
  });

  function fill(): void {
    const block = Buffer.alloc(64 * 1024, 1);
    for (let part = block; part.length > 0;) {
      try {
        writeFileSync(filler, part, { flag: 'a' });
      } catch {
        part = part.subarray(0, part.length >> 1);
      }
    }
  }
});
