import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { BatchBodies, bodyOf } from '../support/batch-bodies';
import { BatchClient, line } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';

const MEGABYTE = 1024 * 1024;
const BODY_MIB = 190;
/** After such a body, what a process touches only once is touched: on Node 24 its young heap of 128 MiB. */
const FIRST_MIB = 40;
const MAX_MIB = 128;
const LINE = JSON.stringify(line('a', 'x'.repeat(4_000)));
const OTHER = JSON.stringify(line('other', 'in one line'));

describe('what large bodies with the lines of a batch take', () => {
  let gateway: RunningGateway;
  let batches: BatchClient;
  let bodies: BatchBodies;

  // A process that had large bodies before has room for others.
  beforeEach(async () => {
    gateway = await startGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
    bodies = new BatchBodies(gateway, batches.key);
  });

  afterEach(() => gateway?.stop());

  /** How many input files and batches a key has. */
  const stored = async ({ openai }: BatchClient): Promise<number[]> => {
    const [files, made] = [await openai.files.list({ purpose: 'batch' }), await openai.batches.list()];
    return [files.data.length, made.data.length];
  };

  it('R25: whose sender leaves on the way leave nothing behind', async () => {
    const client = new BatchClient(gateway, (await gateway.createKey()).key);
    const body = Buffer.from(`{"input_file_content":"${' '.repeat(MEGABYTE)}"}`);
    const socket = bodies.begin(body.subarray(0, -10), body.length, client.key);
    await bodies.untilOpen(1);
    expect(bodies.open()[0]).toContain('(deleted)');
    socket.destroy();
    await bodies.untilOpen(0);
    expect(await stored(client)).toEqual([0, 0]);
  });

  it('R25: whose sender leaves after the last byte are a whole batch or nothing', async () => {
    for (const afterMs of [0, 20, 100, 500]) {
      const client = new BatchClient(gateway, (await gateway.createKey()).key);
      const body = Buffer.from(`{"completion_window":"1h","requests":[${OTHER}${' '.repeat(4 * MEGABYTE - 100_000)}]}`);
      const socket = bodies.begin(body, body.length, client.key);
      await delay(afterMs);
      socket.destroy();
      await bodies.untilOpen(0);
      const [files = 0, made = 0] = await stored(client);
      expect(files).toBe(made);
      const { data } = await client.openai.batches.list();
      for (const { id } of data) expect((await client.ended(id)).request_counts?.completed).toBe(1);
    }
  });

  it.each<[string, (mebibytes: number) => Iterable<Buffer>]>([
    ['requests', (size) => bodyOf('{"requests":[', `${LINE},`, '1],"completion_window":"25h"}', size)],
    [
      'input_file_content',
      (size) =>
        bodyOf(
          '{"input_file_content":"',
          `${JSON.stringify(LINE).slice(1, -1)}\\n`,
          '","completion_window":"25h"}',
          size,
        ),
    ],
    [
      'a text of escapes',
      (size) => bodyOf('{"input_file_content":"', '\\ud55c\\uae00\\n', '","completion_window":"25h"}', size),
    ],
  ])('R25: are not in memory: %s', async (_member, pieces) => {
    const memory = (name: string) =>
      Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${gateway.pid}/status`, 'utf8'))?.[1]) / 1024;
    await bodies.send(pieces(FIRST_MIB));
    writeFileSync(`/proc/${gateway.pid}/clear_refs`, '5');
    const before = memory('VmRSS');
    const { status, body } = await bodies.send(pieces(BODY_MIB));
    expect([status, body.error.param]).toEqual([400, 'completion_window']);
    const most = memory('VmHWM') - before;
    process.stderr.write(`${_member}: +${most.toFixed(0)} MiB\n`);
    expect(most).toBeLessThan(MAX_MIB);
  });

  it('R25: of a key take so much of the disk at a time, and what is left is free again', async () => {
    const large = () => bodyOf('{"requests":["', 'x', '"],"completion_window":"25h"}', 300);
    const socket = bodies.begin(Buffer.alloc(MEGABYTE, ' '), 300 * MEGABYTE);
    await bodies.untilOpen(1);
    const headers = { 'transfer-encoding': 'chunked' };
    const { status, body } = await bodies.send(large(), { headers });
    expect([status, body.error.code]).toEqual([429, 'rate_limit_exceeded']);
    socket.destroy();
    await bodies.untilOpen(0);
    expect((await bodies.send(large(), { headers })).body.error.param).toBe('completion_window');
  });
});
