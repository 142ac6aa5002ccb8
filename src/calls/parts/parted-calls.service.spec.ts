import { gemini } from '@thriftgate/providers';
import fc from 'fast-check';
import { GatewayError } from '../../common/errors';
import { AttemptFailure } from '../../routing/attempt-failure';
import { aDeployment, aModel } from '../testing/builders';
import { PartedBench, PUSD_PER_TOKEN, tokensOf, vectorOf } from './testing/parted-bench';

const texts = fc.array(fc.constantFrom('a', 'bb', 'ccc', 'dddd', 'e', 'ff', '가나'), { minLength: 1, maxLength: 12 });
const down = (elsewhere = true) =>
  new AttemptFailure({
    status: 502,
    type: 'upstream_error',
    code: 'upstream_unreachable',
    param: null,
    message: 'down',
    retryable: true,
    elsewhere,
    retryAfterMs: undefined,
  }).toGatewayError();

describe('a list of inputs', () => {
  it('asks only for what is new, each input once, and is put together in order', async () => {
    const bench = new PartedBench();
    await bench.create(bench.prepared(['a', 'bb']));
    const { json, headers, settlement } = await bench.create(
      bench.prepared(['ccc', 'a', 'ccc', 'bb', 'a'], { encoding_format: 'base64' }),
    );
    expect(bench.asked).toEqual([['a', 'bb'], ['ccc']]);
    const expected = ['ccc', 'a', 'ccc', 'bb', 'a'].map((text) => JSON.parse(vectorOf(text)));
    expect(json.data.map(({ embedding }) => embedding)).toEqual(expected);
    expect(json).toMatchObject({ usage: { prompt_tokens: 10 }, cached: false });
    expect(headers).toMatchObject({ 'x-cache-status': 'MISS', 'x-gateway-cached-inputs': '3/5', 'x-cache-ttl': '55' });
    expect(settlement).toEqual({
      cacheStatus: 'MISS',
      listCostPusd: 6n * PUSD_PER_TOKEN,
      costPusd: 3n * PUSD_PER_TOKEN,
      savedPusd: 3n * PUSD_PER_TOKEN,
    });
    expect(bench.rows).toEqual([{ number: 2, tokens: 3, savedPusd: 3n * PUSD_PER_TOKEN }]);
  });

  it('is a hit when all of it is stored', async () => {
    const bench = new PartedBench();
    await bench.create(bench.prepared(['a', 'bb']));
    const { json, headers } = await bench.create(bench.prepared(['bb', 'a', 'bb']));
    expect(bench.asked).toHaveLength(1);
    expect(headers['x-gateway-cached-inputs']).toBe('3/3');
    expect(json).toMatchObject({ cached: true, usage: { prompt_tokens: 5 } });
  });

  it('has the same vectors whatever of it is stored, and costs what was asked', () =>
    fc.assert(
      fc.asyncProperty(texts, texts, fc.constantFrom('float', 'base64'), async (before, list, encoding_format) => {
        const [fresh, warm] = [new PartedBench(), new PartedBench()];
        await warm.create(warm.prepared(before));
        const members = { encoding_format };
        const expected = await fresh.create(fresh.prepared(list, members));
        const found = await warm.create(warm.prepared(list, members));
        expect(found.json.data).toEqual(expected.json.data);
        const isNew = (text: (typeof list)[number]) => !before.includes(text);
        const distinct = [...new Set(list)];
        expect(warm.asked.slice(1).flat()).toEqual(distinct.filter(isNew));
        const { costPusd, savedPusd, listCostPusd } = found.settlement;
        expect(costPusd).toBe(BigInt(tokensOf(distinct.filter(isNew))) * PUSD_PER_TOKEN);
        expect(costPusd + savedPusd).toBe(listCostPusd);
        const rows = warm.rows.reduce((sum, row) => sum + row.savedPusd, 0n);
        if (found.settlement.cacheStatus === 'MISS') expect(rows).toBe(savedPusd);
        const cached = list.filter((text) => !isNew(text)).length;
        expect(found.headers['x-gateway-cached-inputs']).toBe(`${cached}/${list.length}`);
      }),
      { numRuns: 60 },
    ));
});

describe('lists at the same time', () => {
  it('that share inputs ask for each of them once', async () => {
    const bench = new PartedBench();
    const [first, second] = await Promise.all([
      bench.create(bench.prepared(['a', 'bb', 'ccc'])),
      bench.create(bench.prepared(['ccc', 'dddd', 'a'])),
    ]);
    expect(bench.asked).toEqual([['a', 'bb', 'ccc'], ['dddd']]);
    expect(second.json.data).toHaveLength(3);
    expect(second.headers).toMatchObject({ 'x-cache-status': 'MISS', 'x-gateway-cached-inputs': '2/3' });
    expect([first.settlement.costPusd, second.settlement.costPusd]).toEqual([6n * PUSD_PER_TOKEN, 4n * PUSD_PER_TOKEN]);
    expect(second.settlement.savedPusd).toBe(4n * PUSD_PER_TOKEN);
  });

  it('of which one has nothing of its own wait, and get what is stored then', async () => {
    const bench = new PartedBench();
    const [, second] = await Promise.all([
      bench.create(bench.prepared(['a', 'bb', 'ccc'])),
      bench.create(bench.prepared(['ccc', 'a'])),
    ]);
    expect(bench.asked).toEqual([['a', 'bb', 'ccc']]);
    expect(second.headers['x-gateway-cached-inputs']).toBe('2/2');
    expect(second.settlement).toMatchObject({ cacheStatus: 'HIT', costPusd: 0n });
  });

  it('that are equal go on to their flight', async () => {
    const bench = new PartedBench();
    await Promise.all([bench.create(bench.prepared(['a', 'bb'])), bench.create(bench.prepared(['a', 'bb', 'a']))]);
    expect(bench.asked).toEqual([
      ['a', 'bb'],
      ['a', 'bb'],
    ]);
  });

  it('ask for themselves where the other one fails', async () => {
    const bench = new PartedBench();
    bench.onAsk = ({ call }) => {
      if (JSON.stringify(call.body).includes('bb')) throw down(false);
    };
    const [failed, second] = await Promise.allSettled([
      bench.create(bench.prepared(['a', 'bb'])),
      bench.create(bench.prepared(['a', 'ccc'])),
    ]);
    expect(failed.status).toBe('rejected');
    expect(bench.asked).toEqual([['a', 'bb'], ['ccc'], ['a']]);
    if (second.status === 'rejected') throw second.reason;
    expect(second.value.settlement.costPusd).toBe(4n * PUSD_PER_TOKEN);
    const numbers = bench.askedOf.slice(1).map(({ call }) => call.attemptsBefore ?? 0);
    expect(new Set(numbers).size).toBe(2);
  });

  it('do not wait for each other without the cache', async () => {
    const bench = new PartedBench();
    const lone = (controls: object) => ({
      ...bench.prepared(['a', 'bb']),
      controls: { ...bench.prepared(['a']).controls, ...controls },
    });
    await Promise.all([bench.create(bench.prepared(['a', 'ccc'])), bench.create(lone({ read: false }))]);
    expect(bench.asked).toEqual([
      ['a', 'ccc'],
      ['a', 'bb'],
    ]);
    await Promise.all([
      bench.create(lone({ read: false, write: false })),
      bench.create(bench.prepared(['bb', 'dddd'])),
    ]);
    expect(bench.asked.at(-1)).toEqual(['dddd']);
  });

  it('get the same vectors as one after another, and each input is asked once', () =>
    fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 2, maxLength: 4 }), async (lists) => {
        const bench = new PartedBench();
        const answers = await Promise.all(lists.map((list) => bench.create(bench.prepared(list))));
        for (const [at, { json }] of answers.entries()) {
          const alone = new PartedBench();
          const expected = await alone.create(alone.prepared(lists[at]));
          expect(json.data).toEqual(expected.json.data);
        }
        const distinct = new Set(lists.flat());
        // Equal requests have a flight, which this bench does not have.
        const requests = new Set(bench.asked.map((inputs) => JSON.stringify(inputs)));
        expect([...requests].flatMap((inputs) => JSON.parse(inputs))).toHaveLength(distinct.size);
      }),
      { numRuns: 60 },
    ));
});

describe('a list that is longer than the vendor takes', () => {
  const many = Array.from({ length: 250 }, (_, at) => `text ${at}`);

  it('is asked in several requests, whose sums it has', async () => {
    const bench = new PartedBench(gemini);
    const { json, headers, settlement } = await bench.create(bench.prepared(many));
    expect(bench.asked.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(json.data).toHaveLength(250);
    expect(settlement.costPusd).toBe(BigInt(tokensOf(many)) * PUSD_PER_TOKEN);
    expect(headers['x-gateway-attempts']).toBe('3');
  });

  it('has attempts whose numbers differ, of which one is the first', async () => {
    const bench = new PartedBench(gemini);
    await bench.create(bench.prepared(['stored']));
    await bench.create(bench.prepared(['stored', ...many]));
    const before = bench.askedOf.slice(1).map(({ call }) => call.attemptsBefore);
    expect(before).toEqual([0, 4, 8]);
    expect(bench.rows).toMatchObject([{ number: 10 }]);
  });

  it('fails where one of them does, and begins no other; what came is stored', async () => {
    const bench = new PartedBench(gemini);
    bench.onAsk = ({ call }) => {
      if ((call.body.input as string[])[0] === 'text 100') throw down();
    };
    const prepared = bench.prepared(many);
    await expect(bench.create(prepared)).rejects.toThrow('down');
    expect(prepared.call.attemptsBefore).toBe(12);
    expect(bench.stored.size).toBe(150);
    bench.onAsk = () => undefined;
    await bench.create(bench.prepared(many));
    expect(bench.asked.at(-1)).toEqual(many.slice(100, 200));
  });

  it('is asked one by one where deployments are limited', async () => {
    const bench = new PartedBench(gemini);
    const deployments = [{ ...aDeployment(), maxParallel: 1 }];
    await bench.create(bench.prepared(many, {}, aModel({ deployments })));
    expect(bench.mostRunning).toBe(1);
    const free = new PartedBench(gemini);
    await free.create(free.prepared(many));
    expect(free.mostRunning).toBe(3);
  });
});

describe('deployments of different upstream models', () => {
  const deployments = [
    { ...aDeployment(), id: 'one/e-1', upstreamModel: 'e-1' },
    { ...aDeployment(), id: 'two/e-2', upstreamModel: 'e-2' },
    { ...aDeployment(), id: 'three/e-1', upstreamModel: 'e-1' },
  ];
  const model = aModel({ deployments, family: 'e-1' });
  const idsOf = (bench: PartedBench) =>
    bench.askedOf.map(({ model: { deployments: asked } }) => asked.map(({ id }) => id));

  it('are not mixed: those of the own one are asked', async () => {
    const bench = new PartedBench();
    await bench.create(bench.prepared(['a'], {}, model));
    expect(idsOf(bench)).toEqual([['one/e-1', 'three/e-1']]);
  });

  it('answer the whole list where the own ones fail, with nothing from the cache', async () => {
    const bench = new PartedBench();
    await bench.create(bench.prepared(['a'], {}, model));
    bench.onAsk = ({ model: { deployments: asked } }) => {
      if (asked[0]?.upstreamModel === 'e-1') throw down();
    };
    const { headers } = await bench.create(bench.prepared(['a', 'bb'], {}, model));
    expect(bench.asked).toEqual([['a'], ['bb'], ['a', 'bb']]);
    expect(headers['x-gateway-cached-inputs']).toBe('0/2');
    expect(bench.rows).toEqual([]);
  });

  it('kind 1: are paid beside what the own ones were paid without a whole answer', async () => {
    const bench = new PartedBench(gemini);
    const inputs = Array.from({ length: 101 }, (_, at) => `text ${at}`);
    bench.onAsk = ({ model: { deployments: asked }, parts, call }) => {
      if (asked[0]?.upstreamModel !== 'e-1' || parts?.distinct.length !== 1) return;
      call.failedCosts.add({ listCostPusd: 7n, costPusd: 7n });
      throw down();
    };
    const { settlement } = await bench.create(bench.prepared(inputs, {}, model));
    const lists = [inputs.slice(0, 100), inputs.slice(100)];
    expect(bench.asked).toEqual([...lists, ...lists]);
    const first = BigInt(tokensOf(inputs.slice(0, 100))) * PUSD_PER_TOKEN;
    const whole = BigInt(tokensOf(inputs)) * PUSD_PER_TOKEN;
    expect(settlement).toMatchObject({ costPusd: first + 7n + whole, savedPusd: 0n });
  });

  it.each([
    ['was charged', down(false)],
    ['is of the caller', new GatewayError('invalid_request')],
  ])('are not asked after a failure that %s', async (_what, error) => {
    const bench = new PartedBench();
    bench.onAsk = () => {
      throw error;
    };
    await expect(bench.create(bench.prepared(['a'], {}, model))).rejects.toBe(error);
    expect(bench.asked).toHaveLength(1);
  });
});
