import { Logger } from '@nestjs/common';
import { ShardLineError } from './shard-calls.service';
import { aBatch, HOUR_MS, MINUTE_MS, NativeBench, passing, POLL_MS, refusal, START_MS } from './testing/native-bench';

describe('NativeRunner', () => {
  let bench: NativeBench;
  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => (bench = new NativeBench()));

  it('opens the attempts, uploads the lines and makes one batch of them', async () => {
    await bench.step();
    expect([bench.shard.state, bench.nextInMs, bench.vendor.asked]).toEqual(['sending', 0, []]);
    await bench.step();
    expect(bench.vendor.asked).toEqual(['upload', 'create f_1']);
    expect(bench.shard).toMatchObject({ state: 'sent', vendor_batch_id: 'b_1', input_file_id: 'f_1', alone_at: null });
    expect(bench.nextInMs).toBe(POLL_MS);
  });

  it('runs the lines live where a budget has no room for all of them', async () => {
    bench.hasRoom = false;
    await bench.step();
    expect([bench.ended, bench.vendor.asked]).toEqual([['pending', undefined], ['remove ']]);
  });

  it('asks less and less often, and at the latest every ten intervals', async () => {
    await bench.sent();
    const pauses: number[] = [];
    for (let poll = 0; poll < 9; poll += 1) {
      await bench.step();
      pauses.push(Number(bench.nextInMs) / POLL_MS);
    }
    for (const [poll, pause] of pauses.entries()) {
      const expected = Math.min(1.5 ** poll, 10);
      expect(pause).toBeGreaterThanOrEqual(expected * 0.9);
      expect(pause).toBeLessThanOrEqual(expected * 1.1);
    }
  });

  it('reads the results and ends', async () => {
    await bench.sent();
    bench.vendor.batch = aBatch({ end: 'completed', status: 'completed', outputs: ['o_1'] });
    await bench.step();
    expect([bench.collected, bench.ended?.[0], bench.vendor.asked]).toEqual([1, 'pending', ['get b_1', 'remove f_1']]);
    expect(bench.nextInMs).toBeUndefined();
  });

  describe('after a crash between the vendor and our record', () => {
    beforeEach(async () => {
      await bench.step();
      bench.shard = {
        ...bench.shard,
        state: 'sending',
        input_file_id: 'f_1',
        creating_at: new Date(bench.clock.now() - 1_000),
      };
    });

    it('adopts the batch that it finds', async () => {
      bench.vendor.found = { batch: aBatch({ id: 'b_9' }) };
      await bench.step();
      expect([bench.vendor.asked, bench.shard.vendor_batch_id, bench.shard.state]).toEqual([['find'], 'b_9', 'sent']);
    });

    it('B5: looks for a minute before it makes the batch again, also where the creation itself took longer', async () => {
      bench.shard = { ...bench.shard, creating_at: new Date(bench.clock.now() - 100_000) };
      const start = bench.clock.now();
      while (bench.shard.state !== 'sent') await bench.step();
      expect(bench.clock.now() - start).toBeGreaterThanOrEqual(MINUTE_MS);
      expect(bench.vendor.asked).toEqual(['find', 'find', 'find', 'create f_1']);
    });

    it('B5: makes no batch again that a living process may still make', async () => {
      bench.shard = { ...bench.shard, creating_by: 'instance_2' };
      bench.living.add('instance_2');
      for (let look = 0; look < 20; look += 1) await bench.step();
      expect(bench.vendor.asked.every((what) => what === 'find')).toBe(true);
      bench.living.clear();
      const deadAt = bench.clock.now();
      while (bench.shard.state !== 'sent') await bench.step();
      expect(bench.clock.now() - deadAt).toBeGreaterThanOrEqual(MINUTE_MS);
      expect(bench.shard).toMatchObject({ missing_at: null, creating_by: null });
    });

    it('B5: makes it again where a living process could not make it any more', async () => {
      bench.shard = { ...bench.shard, creating_by: 'instance_2' };
      bench.living.add('instance_2');
      while (bench.shard.state !== 'sent') await bench.step();
      expect(bench.clock.now() - START_MS).toBeGreaterThan(40 * MINUTE_MS);
      expect(bench.clock.now() - START_MS).toBeLessThan(43 * MINUTE_MS);
    });

    it('sends nothing where several could be it, raises an alert, and ends after the window', async () => {
      bench.vendor.found = 'doubt';
      await bench.step();
      await bench.step();
      expect([bench.doubts, bench.ended, bench.vendor.asked]).toEqual([2, undefined, ['find', 'find']]);
      bench.clock.nowMs = bench.shard.expiresAt.getTime() + HOUR_MS + 1;
      await bench.step();
      expect([bench.ended, bench.vendor.asked.filter((what) => what.startsWith('create'))]).toEqual([
        ['expired', undefined],
        [],
      ]);
    });
  });

  it('A6: lets other shards be created once none of their batches could be the one in doubt', async () => {
    await bench.step();
    const creatingAt = bench.clock.now();
    bench.shard = {
      ...bench.shard,
      state: 'sending',
      creating_at: new Date(creatingAt),
      alone_at: 'anthropic ',
    };
    bench.vendor.found = 'doubt';
    const waits: number[] = [];
    while (bench.shard.alone_at !== null && waits.length < 1_000) {
      await bench.step();
      waits.push(bench.clock.now() - creatingAt);
    }
    // Half an hour of a request, ten minutes of the vendor, and twice the two minutes by which clocks differ.
    expect(waits.at(-1)).toBe(44 * MINUTE_MS + POLL_MS);
    expect([bench.shard.creating_at, bench.ended, bench.vendor.asked.includes('create ')]).toEqual([
      new Date(creatingAt),
      undefined,
      false,
    ]);
    bench.vendor.found = { batch: aBatch({ id: 'b_9' }) };
    await bench.step();
    expect(bench.shard.vendor_batch_id).toBe('b_9');
  });

  it('takes the file of an upload that broke off', async () => {
    await bench.step();
    bench.vendor.upload = () => {
      throw passing(true);
    };
    await bench.step();
    expect([bench.shard.tries, bench.shard.input_file_id, bench.ended]).toEqual([1, null, undefined]);
    bench.vendor.uploaded = 'f_7';
    await bench.step();
    expect([bench.vendor.asked.slice(-2), bench.shard.input_file_id]).toEqual([['findUpload', 'create f_7'], 'f_7']);
  });

  it('waits while another creation is in doubt where batches have no name', async () => {
    bench.vendor.foundBy = 'count';
    bench.isAlone = false;
    await bench.step();
    await bench.step();
    expect([bench.vendor.asked, bench.shard.state]).toEqual([['upload'], 'sending']);
    bench.isAlone = true;
    await bench.step();
    expect([bench.shard.state, bench.shard.input_file_id]).toEqual(['sent', 'f_1']);
  });

  it('keeps a creation in doubt that the vendor may have made, and none that it surely has not', async () => {
    await bench.step();
    bench.vendor.create = () => {
      throw passing(true);
    };
    await bench.step();
    expect(bench.shard.creating_at).not.toBeNull();
    // Its request has ended: what comes of it comes soon.
    expect(bench.shard.creating_by).toBeNull();
    bench.vendor.create = () => {
      throw passing(false);
    };
    bench.shard = { ...bench.shard, creating_at: null };
    await bench.step();
    expect([bench.shard.creating_at, bench.shard.tries]).toEqual([null, 2]);
  });

  it('never runs lines live that the vendor may have', async () => {
    await bench.step();
    bench.vendor.create = () => {
      throw passing(true);
    };
    bench.shard.tries = 11;
    await bench.step();
    expect([bench.ended, bench.shard.tries]).toEqual([undefined, 12]);
    for (let look = 0; look < 4 && bench.ended === undefined; look += 1) await bench.step();
    expect(bench.ended).toEqual(['pending', 'busy']);
    expect(bench.vendor.asked.filter((what) => what.startsWith('create'))).toHaveLength(1);
  });

  it('backs off where the vendor is busy, and gives up after twelve times', async () => {
    await bench.step();
    bench.vendor.create = () => {
      throw passing();
    };
    for (let tries = 1; tries < 12; tries += 1) {
      await bench.step();
      const longest = POLL_MS * Math.min(2 ** tries, 10);
      expect(bench.nextInMs).toBeGreaterThanOrEqual(longest / 2);
      expect(bench.nextInMs).toBeLessThanOrEqual(longest);
    }
    await bench.step();
    expect(bench.ended).toEqual(['pending', 'busy']);
  });

  it('runs the lines live at once where the vendor refuses the request', async () => {
    await bench.step();
    bench.vendor.create = () => {
      throw refusal();
    };
    await bench.step();
    expect(bench.ended).toEqual(['pending', 'openai answered 400: no']);
  });

  it('names no vendor as the cause where a line cannot be made into its call any more', async () => {
    await bench.step();
    bench.draft = () => {
      throw new ShardLineError('line 1 cannot be made into a call any more');
    };
    await bench.step();
    expect(bench.ended).toEqual(['pending', undefined]);
  });
});
