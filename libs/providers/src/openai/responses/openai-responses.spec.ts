import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeTranslator } from '../../testing/describe-translator';
import { SseReader } from '../../transport/sse-reader';
import { openAiResponses } from './openai-responses';

const FIXTURES = join(__dirname, '__fixtures__');

describeTranslator('responses of OpenAI', openAiResponses, FIXTURES);

const call = {
  body: {},
  upstreamModel: 'gpt-6.1-sol',
  stream: true,
  requestId: 'r',
  baseUrl: 'https://api.openai.test/v1?api-version=1',
};

function decoderOf(name: string) {
  const reader = new SseReader();
  const decoder = openAiResponses.openStream(call);
  const chunks = [...reader.push(readFileSync(join(FIXTURES, name, 'stream.sse'))), ...reader.end()].flatMap((item) =>
    item.kind === 'event' ? decoder.push(item) : [],
  );
  return { decoder, chunks };
}

describe('a stream of responses', () => {
  it('that breaks off ends in response.failed with the next number and what came of the output', () => {
    const { decoder, chunks } = decoderOf('broken-stream');
    const last = JSON.parse(String(chunks.at(-1)?.data)).sequence_number;
    const [failed, ...more] = decoder.close?.({ code: 'upstream_stream_cut', message: 'It broke off.' }) ?? [];
    expect([failed?.event, more]).toEqual(['response.failed', []]);
    expect(JSON.parse(String(failed?.data))).toMatchObject({
      type: 'response.failed',
      sequence_number: last + 1,
      response: {
        id: 'resp_1',
        status: 'failed',
        error: { code: 'server_error', message: 'It broke off.' },
        output: [{ type: 'reasoning', encrypted_content: 'gAAAAA' }, { content: [{ text: '안녕하세요' }] }],
      },
    });
  });

  it('that is whole needs no other end', () => {
    const { decoder } = decoderOf('text');
    expect(decoder.close?.({ code: null, message: 'late' })).toEqual([]);
  });

  it('holds events back until one says something', () => {
    const reader = new SseReader();
    const decoder = openAiResponses.openStream(call);
    const items = reader.push(readFileSync(join(FIXTURES, 'text', 'stream.sse')));
    const counts = items.map((item) => (item.kind === 'event' ? decoder.push(item).length : 0));
    expect(counts.slice(0, 6)).toEqual([0, 0, 0, 0, 5, 1]);
  });

  it.each(['not json', '[1]'])('reports an event that is no object: %s', (data) => {
    const decoder = openAiResponses.openStream(call);
    expect(decoder.push({ event: undefined, data })).toMatchObject([{ kind: 'error' }]);
  });
});

describe('a body with status 200', () => {
  const read = (body: unknown) => openAiResponses.fromReply(Buffer.from(JSON.stringify(body)), call);

  it('is an error, unreadable, or a response whose bytes do not change', () => {
    expect(read({ error: { message: 'no' } }).kind).toBe('error');
    expect(read({ message: 'no' }).kind).toBe('error');
    expect(read('text').kind).toBe('unreadable');
    expect(read({ usage: { input_tokens: 1, output_tokens: 2 } })).toMatchObject({ usage: { inputTokens: 1 } });
    const body = Buffer.from('{ "output": [], "x_new": 1.0 }');
    expect(openAiResponses.fromReply(body, call)).toMatchObject({ reply: { body } });
  });

  it('goes to the path before the query of the base URL', () => {
    expect(openAiResponses.toRequest(call).url).toBe('https://api.openai.test/v1/responses?api-version=1');
  });
});
