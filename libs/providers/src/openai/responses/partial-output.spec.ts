import { openAiResponses } from './openai-responses';

const call = { body: {}, upstreamModel: 'm', stream: true, requestId: 'r', baseUrl: 'https://api.openai.test/v1' };

/** A stream of so many pieces of text that has no end. */
function cutStream(pieces: number) {
  const decoder = openAiResponses.openStream(call);
  const push = (type: string, members: object) =>
    decoder.push({ event: type, data: JSON.stringify({ type, ...members }) });
  push('response.output_item.added', { output_index: 0, item: { type: 'message', content: [] } });
  for (let at = 1; at <= pieces; at += 1)
    push('response.output_text.delta', { output_index: 0, sequence_number: at, delta: 'word ' });
  return decoder;
}

/** What `work` parses, in UTF-16 units. */
function parsedIn(work: () => void): number {
  const parse = jest.spyOn(JSON, 'parse');
  try {
    work();
    return parse.mock.calls.reduce((sum, [text]) => sum + text.length, 0);
  } finally {
    parse.mockRestore();
  }
}

describe('the output of a stream that breaks off', () => {
  it('A22: is read as it comes, so that its end is no more work for a long stream than for a short one', () => {
    for (const pieces of [10_000, 100_000]) {
      const decoder = cutStream(pieces);
      const atEnd = parsedIn(() => {
        decoder.close?.({ code: null, message: 'It broke off.' });
        decoder.assemble();
      });
      expect(atEnd).toBeLessThan(300_000);
      const { output } = JSON.parse(decoder.assemble().body.toString());
      expect(output).toMatchObject([{ content: [{ text: 'word '.repeat(pieces) }] }]);
    }
  });

  it('is not read in a stream that is short', () => expect(parsedIn(() => cutStream(1_000))).toBe(0));

  it('has the number after the last event', () => {
    const [failed] = cutStream(70_000).close?.({ code: null, message: 'It broke off.' }) ?? [];
    expect(JSON.parse(String(failed?.data)).sequence_number).toBe(70_001);
  });
});
