import {
  type Endpoint,
  openAi,
  type Provider,
  type TransportFailureKind,
  type Translator,
  UpstreamTransportError,
  VENDORS,
} from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';
import { AttemptFailure } from '../../routing/attempt-failure';
import { aCompletion, aStream, sse, USAGE, USAGE_PUSD } from '../testing/answers';
import { attemptsBench, JSON_CALL, STREAM_CALL } from '../testing/attempts-bench';
import { aCall } from '../testing/builders';
import { ScriptedResponse } from '../testing/scripted-response';
import { ESTIMATE_PUSD, HOLD_PUSD } from '../testing/started-attempt';

const failed = (kind: TransportFailureKind, sent: boolean) => new UpstreamTransportError(kind, kind, sent);

describe('an attempt without streaming', () => {
  it('brings the answer, settled and stored, and gives its slot back', async () => {
    const { bench, transport, admitted, run, expectOver } = attemptsBench();
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

  it.each([201, 203])('brings an answer with status %i, as frameworks and proxies send it', async (status) => {
    const { bench, transport, run, expectOver } = attemptsBench();
    transport.answers.push(new ScriptedResponse(status).push(aCompletion()).end());
    expect(await run()).toMatchObject({ kind: 'json', attempts: 1, stored: true, answer: { costPusd: USAGE_PUSD } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', status: 200 });
    expectOver();
  });

  it.each([
    [400, 'bad', false],
    [401, 'upstream_auth', false],
    [429, 'upstream_rate_limited', true],
    [500, 'upstream_error', true],
    [503, 'upstream_error', true],
  ])('is refused with status %i, at no cost', async (status, code, retryable) => {
    const { bench, transport, run, expectOver } = attemptsBench();
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
      const { bench, transport, run, expectOver } = attemptsBench(body);
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
      const { transport, client, run, expectOver } = attemptsBench(body);
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
      const { bench, transport, run, expectOver } = attemptsBench();
      transport.answers.push(failed(kind, sent));
      await expect(run()).rejects.toMatchObject({ error: { code, retryable: true } });
      const costPusd = state === 'unknown' ? HOLD_PUSD : 0n;
      expect(bench.ledger.outcome).toMatchObject({ state, status, costPusd, errorCode: code });
      expectOver();
    },
  );

  it.each([
    ['reset', { code: 'upstream_unreachable', retryable: true }, false],
    ['idle_timeout', { code: 'upstream_timeout', retryable: true }, false],
    ['too_large', { code: 'upstream_answer_too_large', retryable: false, elsewhere: false }, true],
    ['undecodable', { code: 'upstream_invalid_answer', retryable: false, elsewhere: true }, true],
  ] as const)('whose answer breaks off (%s) is unknown', async (kind, error, charged) => {
    const { bench, transport, run, expectOver } = attemptsBench();
    transport.answers.push(new ScriptedResponse().push('{').fail(failed(kind, true)));
    await expect(run()).rejects.toMatchObject({ error, charged });
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', costPusd: HOLD_PUSD, estimated: true });
    expectOver();
  });

  it.each([
    ['<html>', 'settled', ESTIMATE_PUSD, true],
    ['[]', 'settled', ESTIMATE_PUSD, true],
    ['{"object":"list"}', 'settled', ESTIMATE_PUSD, true],
    [JSON.stringify({ usage: USAGE }), 'settled', USAGE_PUSD, false],
    ['', 'failed', 0n, true],
    ['\r\n\n', 'failed', 0n, true],
  ])('whose answer is %j is %s, and sent again only if it was empty', async (body, state, costPusd, estimated) => {
    const { bench, transport, run, expectOver } = attemptsBench();
    transport.answers.push(new ScriptedResponse().push(body).end());
    const retryable = state === 'failed';
    const error = { code: 'upstream_invalid_answer', retryable, elsewhere: true };
    await expect(run()).rejects.toMatchObject({ error, charged: state === 'settled' });
    expect(bench.ledger.outcome).toMatchObject({ state, status: 502, costPusd, estimated });
    expect(bench.stored).toEqual([]);
    expectOver();
  });

  it('whose answer is the page of a proxy is not charged, and may be sent again', async () => {
    const { bench, transport, run } = attemptsBench();
    const page = new ScriptedResponse(200, { 'content-type': 'text/html; charset=UTF-8' });
    transport.answers.push(page.push('<html>Just a moment</html>').end());
    await expect(run()).rejects.toMatchObject({ error: { retryable: true, elsewhere: true } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'failed', costPusd: 0n, estimated: true });
  });

  it.each([JSON_CALL, STREAM_CALL])('R03: gets the error of a body with status 200: %j', async (call) => {
    const { bench, transport, run, expectOver } = attemptsBench(call);
    const body = JSON.stringify({ error: { message: 'No endpoint takes pictures', code: 400 } });
    transport.answers.push(new ScriptedResponse(200, { 'content-type': 'application/json' }).push(body).end());
    const error = { status: 400, message: 'No endpoint takes pictures', retryable: false };
    await expect(run()).rejects.toMatchObject({ error });
    expect(bench.ledger.outcome).toMatchObject({ state: 'failed', status: 400, costPusd: 0n, estimated: false });
    expectOver();
  });

  it('pays for the usage that an error with status 200 names, and no other attempt follows', async () => {
    const { bench, transport, run, expectOver } = attemptsBench(JSON_CALL, { api: VENDORS.gemini.api });
    const { prompt_tokens: promptTokenCount, completion_tokens: candidatesTokenCount } = USAGE;
    const usageMetadata = { promptTokenCount, candidatesTokenCount };
    const body = JSON.stringify({ candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }], usageMetadata });
    transport.answers.push(new ScriptedResponse().push(body).end());
    const error = { status: 502, code: 'upstream_error', retryable: false, elsewhere: false };
    await expect(run()).rejects.toMatchObject({ error, charged: true });
    expect(bench.ledger.outcome).toMatchObject({
      state: 'settled',
      status: 502,
      costPusd: USAGE_PUSD,
      estimated: false,
    });
    expectOver();
  });

  it.each([JSON_CALL, STREAM_CALL])('A12: does not pay for an error whose usage counts nothing: %j', async (call) => {
    const { bench, transport, run } = attemptsBench(call);
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    const body = JSON.stringify({ error: { message: 'Overloaded', code: 503 }, usage });
    const [type, text] = call.stream ? ['text/event-stream', `data: ${body}\n\n`] : ['application/json', body];
    transport.answers.push(new ScriptedResponse(200, { 'content-type': type }).push(text).end());
    await expect(run()).rejects.toMatchObject({ error: { retryable: true } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'failed', costPusd: 0n });
  });

  it('A12: does not pay for an answer that cannot be read and whose usage counts nothing', async () => {
    const { bench, transport, run, expectOver } = attemptsBench();
    const usage = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };
    transport.answers.push(new ScriptedResponse().push(JSON.stringify({ usage })).end());
    await expect(run()).rejects.toMatchObject({ error: { code: 'upstream_invalid_answer' }, charged: false });
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', costPusd: 0n, estimated: false });
    expectOver();
  });

  it('gets a whole answer to a request for a stream', async () => {
    const { bench, transport, run, expectOver } = attemptsBench(STREAM_CALL);
    const headers = { 'content-type': 'Application/JSON; charset=utf-8' };
    transport.answers.push(new ScriptedResponse(200, headers).push(aCompletion()).end());
    expect(await run()).toMatchObject({ kind: 'json', answer: { costPusd: USAGE_PUSD } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', status: 200, costPusd: USAGE_PUSD });
    expectOver();
  });

  it.each([
    ['whole', aStream(), 200, USAGE_PUSD],
    ['without its end mark', sse.content('a') + sse.stop() + sse.usage(), 200, USAGE_PUSD],
    ['without its end', sse.content('a') + sse.usage(), 502, USAGE_PUSD],
    ['an error', sse.role() + sse.error({ message: 'No', code: 400 }), 400, 0n],
    ['A12: usage, then an error', sse.role() + sse.usage() + sse.error(), 502, USAGE_PUSD],
  ])('reads an unrequested stream: %s', async (_, events, status, costPusd) => {
    const { bench, transport, run, expectOver } = attemptsBench(JSON_CALL);
    transport.answers.push(new ScriptedResponse(200, { 'content-type': 'text/event-stream' }).push(events).end());
    const result = await run().catch((error: unknown) => error);
    if (status === 200) expect(result).toMatchObject({ kind: 'json', answer: { costPusd } });
    else expect(result).toMatchObject({ error: { retryable: false } });
    expect(bench.ledger.outcome).toMatchObject({ status, costPusd });
    expectOver();
  });

  it('is aborted when its clients disconnect, before and after the headers', async () => {
    for (const response of [undefined, new ScriptedResponse()]) {
      const { bench, transport, client, run, expectOver } = attemptsBench();
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
    const { bench, transport, run, expectOver } = attemptsBench();
    bench.ledger.refuses = true;
    transport.answers.push(new ScriptedResponse().push(aCompletion()).end());
    await expect(run()).rejects.toMatchObject({ code: 'unavailable' });
    expect(bench.stored).toEqual([]);
    expectOver();
  });

  it('is unknown after an unforeseen failure', async () => {
    const { bench, transport, run, expectOver } = attemptsBench();
    transport.answers.push(new TypeError('bug'));
    await expect(run()).rejects.toThrow('bug');
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', status: 500, costPusd: HOLD_PUSD });
    expectOver();
  });
});

describe('an attempt that is not admitted', () => {
  it('sends nothing, and gives its slot back', async () => {
    const { bench, transport, run, refuse, released } = attemptsBench();
    const error = new GatewayError('unavailable');
    refuse(error);
    await expect(run()).rejects.toBe(error);
    expect([transport.requests.length, bench.ledger.settled.length, released()]).toEqual([0, 0, 1]);
  });

  it('names the model that does not serve the endpoint', async () => {
    const api: Provider = { ...openAi, translators: {} };
    const { run, released, admitted } = attemptsBench(JSON_CALL, { api });
    await expect(run()).rejects.toMatchObject({ code: 'unsupported_parameter', status: 422, param: 'model' });
    expect([released(), admitted]).toEqual([1, []]);
  });

  it('is bridged over chat completions where the vendor speaks only those', async () => {
    const overChat = jest.fn((chat: Translator) => chat);
    const endpoint: Endpoint = { ...aCall().endpoint, name: 'other', overChat };
    const { transport, run } = attemptsBench(JSON_CALL, { endpoint });
    transport.answers.push(new ScriptedResponse().push(aCompletion()).end());
    expect((await run()).kind).toBe('json');
    expect(overChat).toHaveBeenCalledTimes(1);
  });
});
