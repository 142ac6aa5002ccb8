import { embeddings, MAX_SSE_EVENT_LENGTH, UpstreamTransportError, VENDORS } from '@thriftgate/providers';
import { AnswerTooLarge } from '../../routing/attempt-failure';
import { aCompletion, aStream, sse, USAGE_PUSD } from '../testing/answers';
import { attemptsBench, JSON_CALL } from '../testing/attempts-bench';
import { relayBench } from '../testing/relay-bench';
import { ScriptedResponse } from '../testing/scripted-response';
import { ESTIMATE_PUSD } from '../testing/started-attempt';

const MANY = 60_000;
const TOO_LARGE = { code: 'upstream_answer_too_large', retryable: false, elsewhere: false };
const lists = (count: number) => Array.from({ length: count }, () => []);
const nested = (depth: number): unknown => (depth === 0 ? [] : [nested(depth - 1)]);
/** With text, as short bodies are not looked at. */
const LONG = 'x'.repeat(200_000);
/** Twenty alternatives to each of so many tokens. */
const logprobs = (tokens: number) => {
  const top = { token: 'x', logprob: -1.5, bytes: [120] };
  return {
    content: Array.from({ length: tokens }, () => ({ ...top, top_logprobs: Array.from({ length: 20 }, () => top) })),
  };
};
const choice = (members: object) => [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop', ...members }];

/** How an attempt ends that is answered so, and which texts of more than this length were parsed for it. */
async function answeredWith(body: string, call: object = {}, type = 'application/json') {
  const setting = attemptsBench({ ...JSON_CALL, ...call });
  setting.transport.answers.push(new ScriptedResponse(200, { 'content-type': type }).push(body).end());
  const parse = jest.spyOn(JSON, 'parse');
  const end: unknown = await setting.run().catch((error: unknown) => error);
  const parsed = parse.mock.calls.filter(([text]) => text.length > 100_000).length;
  parse.mockRestore();
  return { end, parsed, outcome: setting.bench.ledger.outcome };
}

/** How often others have their turn while `work` runs. */
async function turnsIn(work: () => Promise<unknown>): Promise<number> {
  let [turns, isOver] = [0, false];
  const turn = () => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isOver = true;
  return turns;
}

describe('A22: an answer of an upstream', () => {
  it.each([
    ['too many values', aCompletion({ extra: lists(MANY) }), {}],
    [
      'more values than the alternatives that the call asks for',
      aCompletion({ extra: lists(300_000) }),
      { logprobs: true, top_logprobs: 20, max_tokens: 2_500 },
    ],
    ['too many levels', aCompletion({ extra: [LONG, nested(300)] }), {}],
  ])('with %s is not parsed, is charged, and is not bought again anywhere', async (_, body, call) => {
    const { end, parsed, outcome } = await answeredWith(body, call);
    expect(parsed).toBe(0);
    expect(end).toBeInstanceOf(AnswerTooLarge);
    expect(end).toMatchObject({
      charged: true,
      error: { ...TOO_LARGE, message: expect.stringMatching(/members and elements|deeper/) },
    });
    expect(outcome).toMatchObject({ state: 'settled', status: 502, costPusd: ESTIMATE_PUSD, estimated: true });
  });

  it.each([
    ['a long text', aCompletion({ choices: choice({ message: { content: '[{,'.repeat(1_000_000) } }) }), {}],
    ['many lists, yet not too many', aCompletion({ extra: lists(24_000) }), {}],
    [
      'the alternatives that the call asks for',
      aCompletion({ choices: choice({ logprobs: logprobs(5_000) }) }),
      { logprobs: true, top_logprobs: 20, max_tokens: 5_000 },
    ],
    ['the choices that the call asks for', aCompletion({ extra: lists(60_000) }), { n: 3 }],
    ['lists of numbers', aCompletion({ extra: lists(100).map(() => Array(1_000).fill(7)) }), {}],
  ])('with %s is read', async (_, body, call) => {
    const { outcome } = await answeredWith(body, call);
    expect(outcome).toMatchObject({ state: 'settled', status: 200 });
  });

  it('of vectors may have many numbers, and no other values', async () => {
    const vectors = (extra: object) =>
      JSON.stringify({ data: lists(100).map((_, index) => ({ index, embedding: Array(1_000).fill(0.5) })), ...extra });
    const bench = () =>
      attemptsBench({ stream: false, input: lists(100).map(String) } as { stream: boolean }, {
        api: VENDORS.openai.api,
        endpoint: embeddings,
      });
    for (const [extra, status] of [
      [{}, 200],
      [{ extra: lists(MANY) }, 502],
    ] as const) {
      const { transport, run, bench: attempt } = bench();
      transport.answers.push(new ScriptedResponse().push(vectors(extra)).end());
      await run().catch(() => undefined);
      expect(attempt.ledger.outcome).toMatchObject({ status });
    }
  });

  it('gives others their turn while its values are counted, or its events are read', async () => {
    const text = aCompletion({ choices: choice({ message: { content: 'x'.repeat(4_000_000) } }) });
    const events = sse.role() + sse.content('x'.repeat(1_000)).repeat(4_000) + sse.stop() + sse.done();
    expect(await turnsIn(() => answeredWith(text))).toBeGreaterThan(12);
    expect(await turnsIn(() => answeredWith(events, {}, 'text/event-stream'))).toBeGreaterThan(12);
  });

  it('with more bytes than the transport reads is charged, and is not bought again anywhere', async () => {
    const setting = attemptsBench();
    const tooLong = new UpstreamTransportError(
      'too_large',
      "The upstream's response is longer than 67108864 bytes.",
      true,
    );
    setting.transport.answers.push(new ScriptedResponse().push('{').fail(tooLong));
    const end: unknown = await setting.run().catch((error: unknown) => error);
    expect(end).toBeInstanceOf(AnswerTooLarge);
    expect(end).toMatchObject({ charged: true, error: { ...TOO_LARGE, message: expect.stringContaining('64 MB') } });
    expect(setting.bench.ledger.outcome).toMatchObject({ status: 502, errorCode: TOO_LARGE.code, estimated: true });
  });

  it('whose headers are too long for the transport may be read elsewhere', async () => {
    const setting = attemptsBench();
    setting.transport.answers.push(new UpstreamTransportError('too_large', 'Headers Overflow Error', true));
    await expect(setting.run()).rejects.toMatchObject({
      charged: true,
      error: { code: 'upstream_invalid_answer', retryable: false, elsewhere: true },
    });
  });

  it('whose status is an error is not parsed where it is long', async () => {
    const setting = attemptsBench();
    const body = JSON.stringify({ error: { message: 'no', more: lists(MANY * 10) } });
    setting.transport.answers.push(new ScriptedResponse(500).push(body).end());
    const parse = jest.spyOn(JSON, 'parse');
    await expect(setting.run()).rejects.toMatchObject({ error: { status: 502 } });
    const longest = Math.max(...parse.mock.calls.map(([text]) => text.length));
    parse.mockRestore();
    expect(longest).toBeLessThan(300_000);
  });
});

describe('A22: an event with too many values', () => {
  const event = `data: ${JSON.stringify({ choices: choice({}), extra: lists(MANY) })}\n\n`;

  it('is charged before content, and the call is not sent there again', async () => {
    const { relay, response, bench, expectOver } = relayBench();
    response.push(sse.role(), event);
    await expect(relay.next()).rejects.toMatchObject({ error: TOO_LARGE });
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', status: 502, costPusd: ESTIMATE_PUSD });
    expectOver();
  });

  it('breaks a stream off after content', async () => {
    const { relay, response, bench, broken } = relayBench();
    response.push(sse.role() + sse.content('a'));
    await relay.next();
    response.push(event);
    expect(await relay.next()).toMatchObject({ done: true, value: { kind: 'broken' } });
    expect(bench.ledger.outcome).toMatchObject({ state: 'settled', errorCode: TOO_LARGE.code });
    // It says nothing of the deployment.
    expect(broken()).toBeUndefined();
  });

  it('is no answer within an unrequested stream', async () => {
    const { end, outcome } = await answeredWith(sse.role() + event, {}, 'text/event-stream');
    expect(end).toMatchObject({ charged: true, error: TOO_LARGE });
    expect(outcome).toMatchObject({ state: 'settled', costPusd: ESTIMATE_PUSD });
  });

  it('is counted before it is parsed also where the stream ends without its blank line', async () => {
    const unended = event.trimEnd();
    const { end, parsed } = await answeredWith(sse.role() + unended, {}, 'text/event-stream');
    expect([parsed, end]).toEqual([0, expect.objectContaining({ charged: true })]);
    const { relay, response } = relayBench();
    response.push(sse.role(), unended).end();
    const parse = jest.spyOn(JSON, 'parse');
    const broken: unknown = await relay.next().catch((error: unknown) => error);
    const longest = Math.max(0, ...parse.mock.calls.map(([text]) => text.length));
    parse.mockRestore();
    expect(broken).toMatchObject({ error: TOO_LARGE });
    expect(longest).toBeLessThan(100_000);
  });

  it('loses nothing of what came before it in the same piece', async () => {
    const before = sse.role() + sse.content('Hello') + sse.usage();
    const long = `data: ${'x'.repeat(MAX_SSE_EVENT_LENGTH + 1)}\n\n`;
    for (const tooLarge of [event, long]) {
      const { relay, response, bench } = relayBench();
      response.push(before + tooLarge);
      const { value } = await relay.next();
      expect(value).toMatchObject({ kind: 'broken', last: expect.stringContaining('Hello') });
      expect(bench.ledger.outcome).toMatchObject({ costPusd: USAGE_PUSD, estimated: false });
      const { outcome } = await answeredWith(before + tooLarge, {}, 'text/event-stream');
      expect(outcome).toMatchObject({ costPusd: USAGE_PUSD, estimated: false });
    }
  });

  it('does not matter after the end of the stream', async () => {
    const { relay, response, bench } = relayBench();
    response.push(aStream() + event);
    expect(await relay.next()).toMatchObject({ done: true, value: { kind: 'done' } });
    expect(bench.ledger.outcome).toMatchObject({ status: 200, costPusd: USAGE_PUSD });
  });
});
