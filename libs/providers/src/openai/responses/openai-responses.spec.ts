import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeTranslator } from '../../testing/describe-translator';
import { UnsupportedMemberError } from '../../translator';
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

describe('a kind of input that a model lacks', () => {
  const send = (upstreamModel: string, item: object) => () =>
    openAiResponses.toRequest({ ...call, upstreamModel, body: { input: [{ role: 'user', content: 'Hi' }, item] } });
  const message = (type: string) => ({ role: 'user', content: [{ type: 'input_text', text: 'Hi' }, { type }] });
  const output = (type: string) => ({ type: 'function_call_output', call_id: 'c', output: [{ type }] });

  it.each([
    ['o3-mini', message('input_image'), 'input[1].content[1]'],
    ['o3-mini-2025-01-31', message('input_file'), 'input[1].content[1]'],
    ['o3-mini', output('input_image'), 'input[1].output[0]'],
    ['gpt-5.4', message('input_audio'), 'input[1].content[1]'],
  ])('is refused: %s %j', (model, item, param) => {
    expect(send(model, item)).toThrow(UnsupportedMemberError);
    expect(send(model, item)).toThrow(expect.objectContaining({ param, message: expect.stringContaining(param) }));
  });

  it.each([
    ['gpt-5.4', message('input_image')],
    ['gpt-5.4', message('input_file')],
    ['unheard-of', message('input_audio')],
  ])('is taken by a model that has it, or is unknown: %s %j', (model, item) => expect(send(model, item)).not.toThrow());
});

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
