import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { CallResponse, Call } from '../../calls/call';
import { CallsService } from '../../calls/calls.service';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import { GatewayConfig } from '../../config/gateway-config';
import { GatewayError } from '../../common/errors';
import { ApiKeyDirectory } from '../../keys/api-key-directory.service';
import { budgetExceeded } from '../../calls/testing/builders';
import type { ClaimedLine, LineResult, PutOff } from '../lines/line-result';
import { RefusedCalls } from '../../refused-calls/refused-calls.service';
import { LineBodies } from '../lines/line-bodies.repository';
import { LineCalls } from '../lines/line-calls.service';
import { LineStarts } from '../ways/line-starts.service';
import { LineRunner } from './line-runner.service';

const CALLER: Caller = { role: 'member', teamId: 'team_1', keyId: 'key_1', models: null, rpmLimit: null };

const LINE: ClaimedLine = {
  batchId: 'batch_1',
  lineNo: 1,
  customId: 'a',
  endpoint: '/v1/chat/completions',
  body: '{"model":"gpt-4.1","messages":[{"role":"user","content":"Hello"}],"metadata":{"job":"nightly"}}',
  starts: 1,
  token: 'token',
  teamId: 'team_1',
  keyId: 'key_1',
  madeAt: new Date(),
  expiresAt: new Date(Date.now() + 3_600_000),
  batchLines: 1,
  escalate: false,
};

const RESPONSE: CallResponse = {
  kind: 'json',
  headers: { 'x-gateway-provider': 'openai', 'x-gateway-model': 'gpt-4.1-2025-04-14' },
  body: Buffer.from('{\n  "id": "chatcmpl-1",\r\n  "text": "a\\nb"\n}'),
  usage: { inputTokens: 7, cachedInputTokens: 2, outputTokens: 3, reasoningTokens: 1 },
  settlement: { cacheStatus: 'MISS', listCostPusd: 5n, costPusd: 4n, savedPusd: 1n },
};

async function setUp(
  complete: (call: Call) => Promise<CallResponse>,
  caller: Caller | undefined = CALLER,
  starts: Partial<LineStarts> = {},
) {
  const calls: Call[] = [];
  const module = await Test.createTestingModule({
    providers: [
      LineRunner,
      LineCalls,
      { provide: LineBodies, useValue: {} },
      Clock,
      { provide: GatewayConfig, useValue: { batch: { concurrency: 1 } } },
      {
        provide: LineStarts,
        useValue: {
          start: async (_line: ClaimedLine, call: Call) => ({ call, escalated: false }),
          afterFlex: () => undefined,
          reached: () => undefined,
          ended: () => undefined,
          ...starts,
        },
      },
      { provide: RefusedCalls, useValue: { count: jest.fn() } },
      {
        provide: CallsService,
        useValue: {
          complete: (call: Call) => {
            calls.push(call);
            return complete(call);
          },
        },
      },
      { provide: ApiKeyDirectory, useValue: { lookUpCallerOf: (id: string) => (id === 'key_1' ? caller : undefined) } },
    ],
  }).compile();
  Logger.overrideLogger(false);
  const runner = module.get(LineRunner);
  const giveSlot = jest.fn();
  const run = (line: Partial<ClaimedLine> = {}, signal = new AbortController().signal) =>
    runner.run({ ...LINE, ...line }, signal, giveSlot) as Promise<LineResult | undefined>;
  return { calls, run, giveSlot };
}

const upstream = (status: number, retryAfterSeconds = 0) =>
  new GatewayError('upstream_error', {
    upstream: { status, type: 'server_error', code: 'overloaded' },
    retryAfterSeconds,
  });

function charged<T extends GatewayError>(error: T): T {
  error.facts.charged = true;
  return error;
}

describe('LineRunner', () => {
  it('makes the call of the line and stores its response in one line', async () => {
    const { calls, run } = await setUp(async () => RESPONSE);
    const result = await run();
    expect(result).toMatchObject({
      state: 'done',
      status: 200,
      cached: false,
      provider: 'openai',
      listCostPusd: 5n,
      costPusd: 4n,
      savedPusd: 1n,
      model: 'gpt-4.1-2025-04-14',
      usage: { inputTokens: 7, outputTokens: 3 },
      requestId: calls[0]?.requestId,
    });
    expect(result?.body).not.toMatch(/[\r\n]/);
    expect(JSON.parse(result?.body ?? '')).toEqual({ id: 'chatcmpl-1', text: 'a\nb' });
    expect(calls[0]).toMatchObject({
      caller: CALLER,
      tags: ['job:nightly'],
      batch: { batchId: 'batch_1', customId: 'a' },
    });
  });

  it('names no provider for a response from the cache', async () => {
    const { run } = await setUp(async () => ({
      ...RESPONSE,
      settlement: { ...RESPONSE.settlement, cacheStatus: 'HIT' },
    }));
    expect(await run()).toMatchObject({ cached: true, provider: null });
  });

  it('repeats calls whose errors may pass, each time as a new call', async () => {
    let count = 0;
    const { calls, run } = await setUp(async () => {
      count += 1;
      if (count === 1) throw upstream(503);
      return RESPONSE;
    });
    expect(await run()).toMatchObject({ state: 'done' });
    expect(new Set(calls.map(({ requestId }) => requestId)).size).toBe(2);
  });

  it('fails with the last error after three calls', async () => {
    const { calls, run } = await setUp(async () => Promise.reject(upstream(500)));
    const result = await run();
    expect(result).toMatchObject({ state: 'failed', status: 500 });
    expect(JSON.parse(result?.body ?? '')).toMatchObject({ error: { code: 'overloaded' } });
    expect(calls).toHaveLength(3);
  });

  it('does not repeat a call after an error of the line or of the gateway', async () => {
    for (const error of [upstream(400), new TypeError('a mistake')]) {
      const { calls, run } = await setUp(async () => Promise.reject(error));
      expect(await run()).toMatchObject({ state: 'failed', status: error instanceof TypeError ? 500 : 400 });
      expect(calls).toHaveLength(1);
    }
  });

  it.each([
    ['was charged', () => new GatewayError('upstream_error', { facts: { charged: true } })],
    [
      'no repeat mends',
      () => new GatewayError('upstream_error', { upstream: { status: 502, type: 'x', code: 'upstream_auth' } }),
    ],
    ['was charged, where a later attempt found no room', () => charged(budgetExceeded({ action: 'defer' }))],
  ])('kind 1: does not repeat a call that %s', async (_name, error) => {
    const { calls, run } = await setUp(async () => Promise.reject(error()));
    expect(await run()).toMatchObject({ state: 'failed', status: error().status });
    expect(calls).toHaveLength(1);
  });

  it.each([
    ['its deployments', () => new GatewayError('unavailable', { retryAfterSeconds: 5 }), false],
    ['its budget', () => budgetExceeded({ action: 'defer' }), true],
  ])('A6: is put off where it waits for room at %s, without counting a failure', async (_name, error, forBatch) => {
    let full = true;
    const { run } = await setUp(async () => (full ? Promise.reject(error()) : RESPONSE));
    for (let round = 0; round < 4; round += 1) {
      const putOff = (await run()) as unknown as PutOff;
      expect(putOff).toEqual({ notBefore: expect.any(Date) as Date, forBatch });
      expect(putOff.notBefore.getTime()).toBeGreaterThan(Date.now() + 1_000);
    }
    full = false;
    expect(await run()).toMatchObject({ state: 'done' });
  });

  it('A6: is put off for a long Retry-After, and fails after three calls all the same', async () => {
    const { calls, run } = await setUp(async () => Promise.reject(upstream(429, 30)));
    const putOff = { notBefore: expect.any(Date) as Date, forBatch: false };
    expect([await run(), await run()]).toEqual([putOff, putOff]);
    expect(await run()).toMatchObject({ state: 'failed', status: 429 });
    expect(calls).toHaveLength(3);
  });

  it('kind 1: has the cost of calls without an answer, also of those before it was put off', async () => {
    const { run } = await setUp(async ({ failedCosts }) => {
      failedCosts.add({ listCostPusd: 6n, costPusd: 5n });
      throw upstream(429, 30);
    });
    await run();
    await run();
    expect(await run()).toMatchObject({ state: 'failed', listCostPusd: 18n, costPusd: 15n, savedPusd: 3n });
  });

  it('returns no result for a line that was aborted', async () => {
    const stopping = new AbortController();
    const { run } = await setUp(async () => {
      stopping.abort();
      throw upstream(503);
    });
    expect(await run({}, stopping.signal)).toBeUndefined();
  });

  it('makes no call without a valid key, or for a line that crashed two processes', async () => {
    const { calls, run } = await setUp(async () => RESPONSE);
    expect(JSON.parse((await run({ keyId: 'key_2' }))?.body ?? '')).toMatchObject({ code: 'invalid_api_key' });
    expect(JSON.parse((await run({ starts: 3 }))?.body ?? '')).toMatchObject({ code: 'line_crashed_gateway' });
    expect(calls).toHaveLength(0);
    expect(await run({ starts: 2 })).toMatchObject({ state: 'done' });
  });

  it('runs lines of the administrator key', async () => {
    const { calls, run } = await setUp(async () => RESPONSE);
    await run({ keyId: 'admin' });
    expect(calls[0]?.caller).toMatchObject({ role: 'platform_admin', teamId: 'team_1' });
  });

  it('waits where the line is to start later, and makes no call', async () => {
    const notBefore = new Date(Date.now() + 60_000);
    const { calls, run } = await setUp(async () => RESPONSE, CALLER, {
      start: async () => ({ notBefore, forBatch: false }),
    });
    expect([await run(), calls.length]).toEqual([{ notBefore, forBatch: false }, 0]);
  });

  it('asks a flex tier as often as it has no room, without counting a failure', async () => {
    let refusals = 0;
    const { calls, run } = await setUp(
      async () => {
        refusals += 1;
        if (refusals <= 5) throw upstream(429);
        return RESPONSE;
      },
      CALLER,
      { afterFlex: () => 0 },
    );
    expect([await run(), calls.length]).toMatchObject([{ state: 'done' }, 6]);
  });

  it('gives its slot back while it waits long for a flex tier', async () => {
    const { run } = await setUp(async () => Promise.reject(upstream(429)), CALLER, { afterFlex: () => 30_000 });
    expect(((await run()) as unknown as PutOff).notBefore.getTime()).toBeGreaterThan(Date.now() + 20_000);
  });

  it('gives its slot back while it runs in a flex tier, and waits for one to run without', async () => {
    let isFlex = true;
    const { run, giveSlot } = await setUp(async () => Promise.reject(upstream(429)), CALLER, {
      start: async (_line, call) => ({ call: isFlex ? { ...call, only: new Set(['a']) } : call, escalated: false }),
      afterFlex: () => {
        isFlex = false;
        return 0;
      },
    });
    expect(await run()).toEqual({ notBefore: expect.any(Date) as Date, forBatch: false });
    expect(giveSlot).toHaveBeenCalledTimes(1);
  });

  it('runs so many calls of flex tiers at once as it has slots for them', async () => {
    const ends: ((response: CallResponse) => void)[] = [];
    const { calls, run } = await setUp(() => new Promise((resolve) => ends.push(resolve)), CALLER, {
      start: async (_line, call) => ({ call: { ...call, only: new Set(['a']) }, escalated: false }),
    });
    const running = [1, 2, 3, 4].map((lineNo) => run({ lineNo }));
    expect(await run({ lineNo: 5 })).toEqual({ notBefore: expect.any(Date) as Date, forBatch: true });
    expect(calls).toHaveLength(4);
    for (const end of ends) end(RESPONSE);
    await Promise.all(running);
    const later = run({ lineNo: 5 });
    while (ends.length < 5) await new Promise((resolve) => setImmediate(resolve));
    ends.at(-1)?.(RESPONSE);
    expect(await later).toMatchObject({ state: 'done' });
  });

  it('A6: keeps what becomes free of them for the line of another team that found none', async () => {
    const ends: ((response: CallResponse) => void)[] = [];
    const { run } = await setUp(() => new Promise((resolve) => ends.push(resolve)), CALLER, {
      start: async (_line, call) => ({ call: { ...call, only: new Set(['a']) }, escalated: false }),
    });
    const running = [1, 2, 3, 4].map((lineNo) => run({ lineNo }));
    const waits = { notBefore: expect.any(Date) as Date, forBatch: true };
    expect(await run({ lineNo: 1, batchId: 'batch_2', teamId: 'team_2' })).toEqual(waits);
    ends.shift()?.(RESPONSE);
    await running.shift();
    expect(await run({ lineNo: 5 })).toEqual(waits);
    running.push(run({ lineNo: 1, batchId: 'batch_2', teamId: 'team_2' }));
    while (ends.length < 4) await new Promise((resolve) => setImmediate(resolve));
    for (const end of ends) end(RESPONSE);
    expect(await Promise.all(running)).toMatchObject(running.map(() => ({ state: 'done' })));
  });
});
