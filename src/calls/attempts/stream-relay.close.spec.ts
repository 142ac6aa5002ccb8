import { responses, translatorFor, VENDORS } from '@thriftgate/providers';
import { sse } from '../testing/answers';
import { relayBench } from '../testing/relay-bench';

const translator = translatorFor(responses, VENDORS['openai-compatible'].api)!;

/** The types and the numbers of the events in a text. */
function eventsIn(text: string): [string, number][] {
  return [...text.matchAll(/"type":"(response\.[\w.]+)","sequence_number":(\d+)/g)].map(([, type = '', number]) => [
    type,
    Number(number),
  ]);
}

describe('a stream of an API that ends it with events of its own', () => {
  it('that breaks off is closed with the next number, and gets no other error', async () => {
    const { relay, response, expectOver, bench } = relayBench({ with: translator });
    response.push(sse.role() + sse.content('half'));
    const { value } = await relay.next();
    const before = eventsIn(String(value));
    expect(before.at(-1)?.[0]).toBe('response.output_text.delta');
    response.end();
    const { value: end } = await relay.next();
    expect(end).toMatchObject({ kind: 'broken', isClosed: true, code: 'upstream_stream_cut' });
    const { last } = end as { last: string };
    expect(eventsIn(last)).toEqual([['response.failed', before.length]]);
    expect(bench.ledger.outcome).toMatchObject({ status: 502, uncached: 'cut' });
    expectOver();
  });

  it('that has no end mark of the vendor is closed as whole', async () => {
    const { relay, response, expectOver } = relayBench({ with: translator });
    response.push(sse.role() + sse.content('a') + sse.stop() + sse.usage()).end();
    let step = await relay.next();
    while (!step.done) step = await relay.next();
    if (step.value?.kind !== 'done') throw new Error(step.value?.kind);
    expect(JSON.parse(step.value.usageChunk!)).toMatchObject({ type: 'response.completed' });
    expect(eventsIn(step.value.last).at(-1)?.[0]).toBe('response.output_item.done');
    expectOver();
  });

  it('keeps its first events however long they are, and what waits before them', async () => {
    const { relay, response } = relayBench({ with: translator });
    for (let at = 0; at < 5_000; at += 1) response.push(sse.comment('wait a while'));
    response.push(sse.role() + sse.content('a'));
    const { value } = await relay.next();
    expect(eventsIn(String(value)).map(([, number]) => number)).toEqual([0, 1, 2, 3, 4]);
  });
});
