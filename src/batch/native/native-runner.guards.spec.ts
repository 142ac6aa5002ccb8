import { Logger } from '@nestjs/common';
import { aBatch, HOUR_MS, MINUTE_MS, NativeBench, POLL_MS, refusal } from './testing/native-bench';

/** Each was seen red with its guard taken out of the runner. */
describe('what NativeRunner asks before it ends a shard', () => {
  let bench: NativeBench;
  const pastGrace = () => {
    bench.clock.nowMs = bench.shard.expiresAt.getTime() + HOUR_MS + 1;
    bench.nextInMs = 0;
  };
  /** Its batch may be made. */
  const creating = async () => {
    await bench.step();
    bench.shard = { ...bench.shard, input_file_id: 'f_1', creating_at: new Date(bench.clock.now() - 1_000) };
  };
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => (bench = new NativeBench()));

  it('B5: a batch that may be made is waited for, also where its provider was removed', async () => {
    await creating();
    bench.vendor.hasSite = false;
    await bench.step();
    expect([bench.ended, bench.nextInMs]).toEqual([undefined, 10 * POLL_MS]);
    pastGrace();
    await bench.step();
    expect(bench.ended?.[0]).toBe('expired');
  });

  it('B5: a batch that may still be made by a living process is waited for until an hour after the window', async () => {
    await creating();
    bench.shard = { ...bench.shard, creating_by: 'instance_2' };
    bench.living.add('instance_2');
    await bench.step();
    expect(bench.ended).toBeUndefined();
    pastGrace();
    // Made so late that it may come at any time.
    bench.shard = { ...bench.shard, creating_at: new Date(bench.clock.now() - 1_000) };
    await bench.step();
    expect([bench.ended, bench.vendor.asked]).toEqual([
      ['expired', undefined],
      ['find', 'find', 'remove f_1'],
    ]);
  });

  it('a batch that was not made is not made again after the cancellation', async () => {
    await creating();
    bench.shard = { ...bench.shard, batchStatus: 'cancelling' };
    while (!bench.ended && bench.vendor.asked.length < 20) await bench.step();
    expect(bench.ended).toEqual(['cancelled', undefined]);
    expect(bench.vendor.asked.filter((what) => what.startsWith('create'))).toEqual([]);
  });

  it('a refusal for lack of room is the end where the batch is cancelled', async () => {
    await bench.sent();
    bench.shard = { ...bench.shard, batchStatus: 'cancelling' };
    bench.vendor.batch = aBatch({ end: 'refused', status: 'failed', error: 'token_limit_exceeded', retryLater: true });
    await bench.step();
    expect(bench.ended).toEqual(['cancelled', 'token_limit_exceeded']);
  });

  it('results are read while the batch runs', async () => {
    await bench.sent();
    bench.vendor.batch = aBatch({ outputs: ['o_1'] });
    await bench.step();
    expect([bench.collected, bench.ended]).toEqual([1, undefined]);
  });

  it('lines run live that a batch has left when it ended by itself, also in the last minute of the window', async () => {
    await bench.sent();
    bench.clock.nowMs = bench.shard.expiresAt.getTime() - MINUTE_MS / 2;
    bench.nextInMs = 0;
    bench.vendor.batch = aBatch({ end: 'completed', status: 'completed' });
    await bench.step();
    expect(bench.ended?.[0]).toBe('pending');
  });

  it('a vendor that only fails is given up an hour after the window', async () => {
    await bench.sent();
    bench.vendor.get = () => {
      throw refusal();
    };
    pastGrace();
    await bench.step();
    expect([bench.ended, bench.vendor.asked.at(-1)]).toEqual([['expired', undefined], 'remove f_1']);
  });

  it('lines do not run live whose window ended while the vendor refused them', async () => {
    await bench.step();
    bench.vendor.upload = () => {
      bench.clock.nowMs = bench.shard.expiresAt.getTime();
      throw refusal();
    };
    await bench.step();
    expect(bench.ended?.[0]).toBe('expired');
  });

  it('a vendor has half of a short window before its lines escalate', async () => {
    bench.shard = { ...bench.shard, escalate: true, expiresAt: new Date(bench.clock.now() + 10 * MINUTE_MS) };
    await bench.sent();
    bench.clock.nowMs = bench.shard.expiresAt.getTime() - 5 * MINUTE_MS - 1;
    bench.nextInMs = 0;
    await bench.step();
    expect(bench.vendor.asked).toEqual(['get b_1']);
    await bench.step();
    expect(bench.vendor.asked).toEqual(['get b_1', 'cancel b_1', 'get b_1']);
  });
});
