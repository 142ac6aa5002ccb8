import {
  type Endpoint,
  openAi,
  type Provider,
  type Translator,
  type TransportFailureKind,
  UpstreamTransportError,
} from '@thriftgate/providers';
import { FakeSignal } from '../testing/fake-signal';
import { GatewayError } from '../../common/errors';
import type { TokenEstimator } from '../../pricing/token-estimator.service';
import type { ProviderRegistry } from '../../providers/provider-registry.service';
import { AttemptFailure } from '../../routing/attempt-failure';
import { aCompletion, aStream, readToEnd, sse, USAGE_PUSD } from '../testing/answers';
import { aCall, aDeployment, aResolvedCall } from '../testing/builders';
import { FakeTransport } from '../testing/fake-transport';
import { ScriptedResponse } from '../testing/scripted-response';
import { AttemptBench, ESTIMATE_PUSD, HOLD_PUSD } from '../testing/started-attempt';
import type { AdmissionService } from './admission.service';
import { AttemptsService } from './attempts.service';
import type { CacheWriter } from './cache-writer.service';
import type { ResolvedCall } from './resolved-call';

const JSON_CALL = { stream: false };
const STREAM_CALL = { stream: true };
const failed = (kind: TransportFailureKind, sent: boolean) => new UpstreamTransportError(kind, kind, sent);

function setUp(body: { stream: boolean } = JSON_CALL, { api = openAi, endpoint }: Partial<Setting> = {}) {
  const bench = new AttemptBench();
  const transport = new FakeTransport();
  const client = new FakeSignal();
  const call = aCall(body, { signal: client });
  const resolved = aResolvedCall(endpoint ? { ...call, endpoint } : call);
  const admitted: string[] = [];
  let refusal: Error | undefined;
  const provider = {
    name: 'openai',
    api,
    transport,
    baseUrl: 'http://upstream/v1',
    apiKey: 'sk-key',
    catalogueVendor: undefined,
    simulated: false,
  };
  const registry = {
    find: (name: string) => {
      if (name !== 'openai') throw new Error(`there is no provider "${name}"`);
      return provider;
    },
  };
  const admission = {
    admit: async (
      of: ResolvedCall,
      deployment: ReturnType<typeof aDeployment>,
      number: number,
      requestBody: string,
    ) => {
      if (refusal) throw refusal;
      admitted.push(requestBody);
      return bench.started({ resolved: of, deployment, number });
    },
  };
  const { estimator, cacheWriter } = bench.services;
  const attempts = new AttemptsService(
    registry as Pick<ProviderRegistry, 'find'> as ProviderRegistry,
    admission as Pick<AdmissionService, 'admit'> as AdmissionService,
    bench.ledger.asService(),
    estimator as TokenEstimator,
    cacheWriter as CacheWriter,
    bench.clock,
  );
  let released = 0;
  const run = (deployment = aDeployment()) => attempts.run(resolved, deployment, 1, () => (released += 1));
  return {
    bench,
    transport,
    client,
    attempts,
    admitted,
    run,
    released: () => released,
    refuse: (error: Error) => (refusal = error),
    /** What holds of every attempt that has ended. */
    expectOver: () => {
      expect(bench.hold.ends).toEqual([bench.ledger.outcome.costPusd]);
      expect(released).toBe(1);
    },
  };
}

interface Setting {
  api: Provider;
  endpoint: Endpoint;
}

describe('an attempt without streaming', () => {
  it('brings the answer, settled and stored, and gives its slot back', async () => {
    const { bench, transport, admitted, run, expectOver } = setUp();
    transport.answers.push(new ScriptedResponse().push(aCompletion()).end());
    expect(await run()).toMatchObject({ kind: 'json', attempts: 1, stored: true, answer: { costPusd: USAGE_PUSD } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', status: 200, ttftMs: null });
    expect(transport.requests).toMatchObject([
      {
        url: 'http://upstream/v1/chat/completions',
        headers: { authorization: 'Bearer sk-key', 'x-request-id': '01JD000000000000000000000A' },
      },
    ]);
    expect(transport.requests.map(({ body }) => body)).toEqual(admitted);
    expectOver();
  });

  it.each([
    [400, 'bad', false],
    [401, 'upstream_auth', false],
    [429, 'upstream_rate_limited', true],
    [500, 'upstream_error', true],
    [503, 'upstream_error', true],
  ])('is refused with status %i, at no cost', async (status, code, retryable) => {
    const { bench, transport, run, expectOver } = setUp();
    const headers = { 'retry-after': '2' };
    const body = JSON.stringify({ error: { message: 'No', type: 'x', code: 'bad' } });
    transport.answers.push(new ScriptedResponse(status, headers).push(body).end());
    await expect(run()).rejects.toMatchObject({ error: { code, retryable, retryAfterMs: 2_000 } });
    expect(bench.ledger.outcome).toMatchObject({
      state: 'failed',
      status,
      errorCode: code,
      costPusd: 0n,
      estimated: false,
    });
    expectOver();
  });

  it.each([JSON_CALL, STREAM_CALL])(
    'is refused with the status that came, though its body breaks off: %j',
    async (body) => {
      const { bench, transport, run, expectOver } = setUp(body);
      const broken = new ScriptedResponse(429, { 'retry-after': '2' }).push('{"err').fail(failed('idle_timeout', true));
      transport.answers.push(broken);
      await expect(run()).rejects.toMatchObject({ error: { status: 429, retryAfterMs: 2_000 } });
      expect(bench.ledger.outcome).toMatchObject({ state: 'failed', status: 429, costPusd: 0n, estimated: false });
      expectOver();
    },
  );

  it.each([JSON_CALL, STREAM_CALL])(
    'does not wait for the body of an error when the clients have left: %j',
    async (body) => {
      const { transport, client, run, expectOver } = setUp(body);
      const response = new ScriptedResponse(503);
      transport.answers.push(response);
      const running = run();
      await new Promise(setImmediate);
      client.abort();
      await expect(running).rejects.toBeInstanceOf(AttemptFailure);
      expect(response.aborts).toBe(1);
      expectOver();
    },
  );

  const failures = [
    // kind, sent → state, status, code
    ['connect', false, 'failed', 502, 'upstream_unreachable'],
    ['reset', true, 'failed', 502, 'upstream_unreachable'],
    ['first_byte_timeout', true, 'unknown', 504, 'upstream_timeout'],
    ['aborted', false, 'failed', 499, 'upstream_unreachable'],
    ['aborted', true, 'unknown', 499, 'upstream_unreachable'],
  ] as const;
  it.each(failures)(
    'that gets no status (%s, sent %s) is %s with status %i',
    async (kind, sent, state, status, code) => {
      const { bench, transport, run, expectOver } = setUp();
      transport.answers.push(failed(kind, sent));
      await expect(run()).rejects.toMatchObject({ error: { code, retryable: true } });
      const costPusd = state === 'unknown' ? HOLD_PUSD : 0n;
      expect(bench.ledger.outcome).toMatchObject({ state, status, costPusd, errorCode: code });
      expectOver();
    },
  );

  it.each(['reset', 'idle_timeout', 'too_large'] as const)('whose answer breaks off (%s) is unknown', async (kind) => {
    const { bench, transport, run, expectOver } = setUp();
    transport.answers.push(new ScriptedResponse().push('{').fail(failed(kind, true)));
    await expect(run()).rejects.toBeInstanceOf(AttemptFailure);
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', costPusd: HOLD_PUSD, estimated: true });
    expectOver();
  });

  it.each(['<html>', '[]', '{"object":"list"}', ''])(
    'whose answer is %j costs nothing, as far as is known',
    async (body) => {
      const { bench, transport, run, expectOver } = setUp();
      transport.answers.push(new ScriptedResponse().push(body).end());
      await expect(run()).rejects.toMatchObject({ error: { code: 'upstream_invalid_answer', retryable: true } });
      expect(bench.ledger.outcome).toMatchObject({ state: 'failed', status: 502, costPusd: 0n, estimated: true });
      expectOver();
    },
  );

  it('is aborted when its clients disconnect, before and after the headers', async () => {
    for (const response of [undefined, new ScriptedResponse()]) {
      const { bench, transport, client, run, expectOver } = setUp();
      if (response) transport.answers.push(response);
      const running = run();
      await new Promise(setImmediate);
      client.abort();
      await expect(running).rejects.toBeInstanceOf(AttemptFailure);
      expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', status: 499, costPusd: HOLD_PUSD });
      expectOver();
    }
  });

  it('gives its slot back where the journal refuses the end, and gives no answer', async () => {
    const { bench, transport, run, expectOver } = setUp();
    bench.ledger.refuses = true;
    transport.answers.push(new ScriptedResponse().push(aCompletion()).end());
    await expect(run()).rejects.toMatchObject({ code: 'unavailable' });
    expect(bench.stored).toEqual([]);
    expectOver();
  });

  it('is unknown after an unforeseen failure', async () => {
    const { bench, transport, run, expectOver } = setUp();
    transport.answers.push(new TypeError('bug'));
    await expect(run()).rejects.toThrow('bug');
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', status: 500, costPusd: HOLD_PUSD });
    expectOver();
  });
});

describe('an attempt that is not admitted', () => {
  it('sends nothing, and gives its slot back', async () => {
    const { bench, transport, run, refuse, released } = setUp();
    const error = new GatewayError('unavailable');
    refuse(error);
    await expect(run()).rejects.toBe(error);
    expect([transport.requests.length, bench.ledger.settled.length, released()]).toEqual([0, 0, 1]);
  });

  it('gives its slot back where there is no such provider', async () => {
    const { run, released, admitted } = setUp();
    await expect(run(aDeployment({ provider: 'gone' }))).rejects.toThrow('gone');
    expect([released(), admitted]).toEqual([1, []]);
  });

  it('names the model that does not serve the endpoint', async () => {
    const api: Provider = { ...openAi, translators: {} };
    const { run, released, admitted } = setUp(JSON_CALL, { api });
    await expect(run()).rejects.toMatchObject({ code: 'unsupported_parameter', status: 422, param: 'model' });
    expect([released(), admitted]).toEqual([1, []]);
  });

  it('is bridged over chat completions where the vendor speaks only those', async () => {
    const overChat = jest.fn((chat: Translator) => chat);
    const endpoint: Endpoint = { ...aCall().endpoint, name: 'other', overChat };
    const { transport, run } = setUp(JSON_CALL, { endpoint });
    transport.answers.push(new ScriptedResponse().push(aCompletion()).end());
    expect((await run()).kind).toBe('json');
    expect(overChat).toHaveBeenCalledTimes(1);
  });
});

describe('an attempt with streaming', () => {
  it('resolves with the first content, and gives its slot back at the end of the stream', async () => {
    const { bench, transport, run, released, expectOver } = setUp(STREAM_CALL);
    const response = new ScriptedResponse().push(sse.role(), sse.content('a'));
    transport.answers.push(response);
    const result = await run();
    if (result.kind !== 'stream') throw new Error('not a stream');
    expect(result).toMatchObject({ origin: { provider: 'openai', upstreamModel: 'gpt-4.1-2026' }, attempts: 1 });
    expect(result.first).toBe(sse.role() + sse.content('a'));
    expect([released(), bench.ledger.settled]).toEqual([0, []]);
    response.push(sse.stop() + sse.usage() + sse.done());
    expect((await readToEnd(result.rest)).end).toMatchObject({ kind: 'done', answer: { costPusd: USAGE_PUSD } });
    expectOver();
  });

  it('gives a stream that came whole at once', async () => {
    const { transport, run, expectOver } = setUp(STREAM_CALL);
    transport.answers.push(new ScriptedResponse().push(aStream()).end());
    const result = await run();
    if (result.kind !== 'stream') throw new Error('not a stream');
    expect(result.first).toBe('');
    expectOver();
    expect((await readToEnd(result.rest)).end).toMatchObject({ kind: 'done' });
    await result.rest.return();
    expectOver();
  });

  it.each([
    ['refused', () => new ScriptedResponse(503).push('{}').end()],
    ['ended without content', () => new ScriptedResponse().push(sse.role()).end()],
    ['an error before content', () => new ScriptedResponse().push(sse.error())],
    ['a reset before content', () => new ScriptedResponse().fail(failed('reset', true))],
    ['a reset before the headers', () => failed('reset', true)],
    ['no connection', () => failed('connect', false)],
  ])('fails before any content at no cost, with its slot given back once: %s', async (_, answer) => {
    const { bench, transport, run, expectOver } = setUp(STREAM_CALL);
    transport.answers.push(answer());
    await expect(run()).rejects.toBeInstanceOf(AttemptFailure);
    expect(bench.ledger.outcome).toMatchObject({ state: 'failed', costPusd: 0n });
    expectOver();
  });

  it('is aborted when its clients disconnect before its headers', async () => {
    const { bench, client, run, expectOver } = setUp(STREAM_CALL);
    const running = run();
    await new Promise(setImmediate);
    client.abort();
    await expect(running).rejects.toBeInstanceOf(AttemptFailure);
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', status: 499 });
    expectOver();
  });

  it('is aborted when its clients disconnect while the process ends', async () => {
    const { bench, transport, client, attempts, run, expectOver } = setUp(STREAM_CALL);
    const response = new ScriptedResponse().push(sse.content('a'));
    transport.answers.push(response);
    await run();
    attempts.beforeApplicationShutdown();
    client.abort();
    await new Promise(setImmediate);
    expect(response.aborts).toBe(1);
    expect(bench.ledger.outcome).toMatchObject({ status: 499, costPusd: ESTIMATE_PUSD });
    expectOver();
  });
});
