import { Logger } from '@nestjs/common';
import { aBatch, HOUR_MS, MINUTE_MS, NativeBench, POLL_MS, refusal } from './testing/native-bench';

describe('how NativeRunner ends a shard', () => {
  let bench: NativeBench;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => (bench = new NativeBench()));

  it('runs the lines of a refused batch live', async () => {
    await bench.sent();
    bench.vendor.batch = aBatch({ end: 'refused', status: 'failed', error: 'bad line' });
    await bench.step();
    expect([bench.ended, bench.collected]).toEqual([['pending', 'bad line'], 0]);
  });

  it('sends the same file again where the queue of the account is full, twelve times in all', async () => {
    await bench.sent();
    const full = aBatch({ end: 'refused', status: 'failed', error: 'token_limit_exceeded', retryLater: true });
    for (let refusals = 1; refusals < 12; refusals += 1) {
      // The vendor accepts the batch, validates it for a while and then refuses it.
      bench.vendor.batch = aBatch({ status: 'validating' });
      await bench.step();
      bench.vendor.batch = full;
      await bench.step();
      expect([bench.shard.state, bench.shard.vendor_batch_id, bench.shard.refusals]).toEqual([
        'sending',
        null,
        refusals,
      ]);
      bench.vendor.batch = aBatch({ status: 'validating' });
      await bench.step();
      expect(bench.shard.state).toBe('sent');
    }
    expect(bench.vendor.asked.filter((what) => what === 'upload')).toEqual([]);
    bench.vendor.batch = full;
    await bench.step();
    expect(bench.ended).toEqual(['pending', 'token_limit_exceeded']);
  });

  it('asks the vendor once to stop a cancelled batch, and ends with it', async () => {
    await bench.sent();
    bench.shard = { ...bench.shard, batchStatus: 'cancelling' };
    await bench.step();
    await bench.step();
    expect(bench.vendor.asked).toEqual(['cancel b_1', 'get b_1', 'get b_1']);
    bench.vendor.batch = aBatch({ end: 'cancelled', status: 'cancelled', outputs: ['o_1'] });
    await bench.step();
    expect([bench.collected, bench.ended?.[0]]).toEqual([1, 'cancelled']);
  });

  it('ends without the vendor where nothing was sent before the cancellation', async () => {
    bench.shard = { ...bench.shard, batchStatus: 'cancelling' };
    await bench.step();
    expect([bench.ended, bench.vendor.asked]).toEqual([['cancelled', undefined], ['remove ']]);
  });

  it('looks again at the end of the window, stops the vendor then, and waits an hour for it', async () => {
    await bench.sent();
    bench.clock.nowMs = bench.shard.expiresAt.getTime() - 5_000;
    bench.nextInMs = 0;
    await bench.step();
    expect(bench.nextInMs).toBe(5_000);
    await bench.step();
    expect(bench.vendor.asked.slice(-2)).toEqual(['cancel b_1', 'get b_1']);
    bench.clock.nowMs = bench.shard.expiresAt.getTime() + HOUR_MS + 1;
    bench.nextInMs = 0;
    await bench.step();
    expect(bench.ended?.[0]).toBe('expired');
  });

  it('stops the vendor earlier where the lines are to escalate', async () => {
    bench.shard = { ...bench.shard, escalate: true };
    await bench.sent();
    // Ten minutes, and half a second for each of the two lines over sixteen slots.
    bench.clock.nowMs = bench.shard.expiresAt.getTime() - 10 * MINUTE_MS - 63;
    bench.nextInMs = 0;
    await bench.step();
    expect(bench.vendor.asked).toEqual(['get b_1']);
    bench.clock.nowMs += 1;
    bench.nextInMs = 0;
    await bench.step();
    bench.vendor.batch = aBatch({ end: 'cancelled', status: 'cancelled' });
    await bench.step();
    expect([bench.ended?.[0], bench.vendor.asked.includes('cancel b_1')]).toEqual(['escalated', true]);
  });

  it('runs lines live that the vendor expired before the window ended, and those only', async () => {
    await bench.sent();
    bench.vendor.batch = aBatch({ end: 'expired', status: 'expired' });
    await bench.step();
    expect(bench.ended).toEqual(['pending', "its batch has the status 'expired'."]);
    bench.clock.nowMs = bench.shard.expiresAt.getTime() - MINUTE_MS;
    bench.nextInMs = 0;
    await bench.step();
    expect(bench.ended?.[0]).toBe('expired');
  });

  it('takes a status that it does not know as running, and raises an alert', async () => {
    await bench.sent();
    bench.vendor.batch = aBatch({ status: 'paused', isKnownStatus: false });
    await bench.step();
    expect([bench.watched, bench.ended, bench.shard.state]).toEqual([['paused'], undefined, 'sent']);
  });

  it('asks again after a failure, and leaves nothing alone that the vendor has', async () => {
    await bench.sent();
    bench.vendor.get = () => {
      throw refusal();
    };
    for (let tries = 0; tries < 20; tries += 1) await bench.step();
    expect([bench.ended, bench.shard.tries]).toEqual([undefined, 20]);
    bench.vendor.get = () => bench.vendor.batch;
    await bench.step();
    expect(bench.shard.tries).toBe(0);
  });

  it('waits for a provider that was removed while its vendor has the batch', async () => {
    await bench.sent();
    bench.vendor.hasSite = false;
    await bench.step();
    expect([bench.nextInMs, bench.ended]).toEqual([10 * POLL_MS, undefined]);
    bench.clock.nowMs = bench.shard.expiresAt.getTime() + HOUR_MS + 1;
    bench.nextInMs = 0;
    await bench.step();
    expect(bench.ended?.[0]).toBe('expired');
  });

  it('runs the lines live where a provider was removed before anything was sent', async () => {
    bench.vendor.hasSite = false;
    await bench.step();
    expect(bench.ended).toEqual(['pending', undefined]);
  });

  it.each(['planned', 'sending'] as const)(
    'A23: sends nothing of a key that was revoked while it was %s',
    async (state) => {
      if (state === 'sending') await bench.step();
      expect(bench.shard.state).toBe(state);
      bench.hasKey = false;
      await bench.step();
      expect([bench.ended, bench.vendor.asked]).toEqual([['pending', undefined], ['remove ']]);
    },
  );

  it('A23: makes no batch of lines whose key is revoked while they are uploaded, and deletes them', async () => {
    await bench.step();
    bench.vendor.upload = () => {
      bench.hasKey = false;
      return 'f_1';
    };
    await bench.step();
    expect([bench.ended, bench.vendor.asked]).toEqual([
      ['pending', undefined],
      ['upload', 'remove f_1'],
    ]);
  });

  it('A23: looks for a batch that may have been made before its key was revoked, and waits for its results', async () => {
    await bench.step();
    bench.shard = { ...bench.shard, input_file_id: 'f_1', creating_at: new Date(bench.clock.now() - 1_000) };
    bench.vendor.found = { batch: aBatch({ id: 'b_9' }) };
    bench.hasKey = false;
    await bench.step();
    await bench.step();
    expect([bench.shard.vendor_batch_id, bench.ended, bench.vendor.asked]).toEqual([
      'b_9',
      undefined,
      ['find', 'get b_9'],
    ]);
  });

  it('passes on what is no failure of the vendor', async () => {
    await bench.step();
    bench.draft = () => {
      throw new TypeError('a bug');
    };
    await expect(bench.step()).rejects.toThrow('a bug');
  });

  it('B5: sends and ends nothing while it is not known whether the key works', async () => {
    bench.isKeyUnknown = true;
    await expect(bench.step()).rejects.toThrow('away');
    expect([bench.ended, bench.vendor.asked]).toEqual([undefined, []]);
    bench.isKeyUnknown = false;
    await bench.sent();
  });
});
