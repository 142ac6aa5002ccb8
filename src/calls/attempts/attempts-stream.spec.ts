import { type TransportFailureKind, UpstreamTransportError } from '@thriftgate/providers';
import { AttemptFailure } from '../../routing/attempt-failure';
import { aStream, readToEnd, sse, USAGE_PUSD } from '../testing/answers';
import { attemptsBench, STREAM_CALL } from '../testing/attempts-bench';
import { ScriptedResponse } from '../testing/scripted-response';

const failed = (kind: TransportFailureKind, sent: boolean) => new UpstreamTransportError(kind, kind, sent);

describe('an attempt with streaming', () => {
  it('resolves with the first content, and gives its slot back at the end of the stream', async () => {
    const { bench, transport, run, released, expectOver } = attemptsBench(STREAM_CALL);
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
    const { transport, run, expectOver } = attemptsBench(STREAM_CALL);
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
    const { bench, transport, run, expectOver } = attemptsBench(STREAM_CALL);
    transport.answers.push(answer());
    await expect(run()).rejects.toBeInstanceOf(AttemptFailure);
    expect(bench.ledger.outcome).toMatchObject({ state: 'failed', costPusd: 0n });
    expectOver();
  });

  it('is aborted when its clients disconnect before its headers', async () => {
    const { bench, client, run, expectOver } = attemptsBench(STREAM_CALL);
    const running = run();
    await new Promise(setImmediate);
    client.abort();
    await expect(running).rejects.toBeInstanceOf(AttemptFailure);
    expect(bench.ledger.outcome).toMatchObject({ state: 'unknown', status: 499 });
    expectOver();
  });
});
