import type { SseEvent, StreamDecoder } from '../../translator';
import { anthropicChat } from '../anthropic';

const CALL = { body: {}, upstreamModel: 'claude-opus-5', stream: true, requestId: 'r1', baseUrl: 'http://x' };
const USAGE = { input_tokens: 5, output_tokens: 1 };
const START = { type: 'message_start', message: { id: 'm1', model: 'claude-opus-5', usage: USAGE } };
const TEXT = [
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Yes.' } },
  { type: 'content_block_stop', index: 0 },
];
const DELTA = { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } };
const STOP = { type: 'message_stop' };

function decoderOf(...events: object[]): StreamDecoder {
  const decoder = anthropicChat.openStream(CALL);
  for (const event of events) decoder.push(eventOf(event));
  return decoder;
}

function eventOf(event: object): SseEvent {
  return { event: undefined, data: JSON.stringify(event) };
}

describe('a stream of Anthropic', () => {
  it('R01: is complete with a stop reason, also without message_stop', () => {
    const cut = decoderOf(START, ...TEXT);
    expect([cut.ended, cut.finished]).toEqual([false, false]);
    const unstopped = decoderOf(START, ...TEXT, DELTA);
    expect([unstopped.ended, unstopped.finished]).toEqual([false, true]);
    expect(unstopped.close?.()).toMatchObject([{ kind: 'usage' }]);
    const whole = decoderOf(START, ...TEXT, DELTA, STOP);
    expect([whole.ended, whole.finished, whole.upstreamModel]).toEqual([true, true, 'claude-opus-5']);
    const reasonless = decoderOf(START, ...TEXT, STOP);
    expect([reasonless.ended, reasonless.finished]).toEqual([true, false]);
  });

  it('has no counts before those of the whole answer: the first ones are of its input', () => {
    expect(decoderOf(START, ...TEXT).assemble().facts.usage).toBeUndefined();
    expect(decoderOf(START, ...TEXT, DELTA).assemble().facts.usage).toMatchObject({ inputTokens: 5, outputTokens: 7 });
  });

  it('ends once', () => {
    const decoder = decoderOf(START, ...TEXT, DELTA, STOP);
    expect(decoder.push(eventOf(DELTA))).toEqual([]);
  });

  it('breaks off at an event that is not JSON', () => {
    const decoder = decoderOf(START, ...TEXT);
    const [chunk] = decoder.push({ event: 'content_block_delta', data: '<html>' });
    expect(chunk?.kind).toBe('error');
    expect(anthropicChat.toError({ status: 200, headers: {}, body: chunk?.data ?? '' })).toMatchObject({
      status: 502,
      retryable: true,
    });
    expect(decoder.assemble().facts.finishReasons).toEqual([null]);
  });

  it('begins by itself where message_start is missing', () => {
    const decoder = anthropicChat.openStream(CALL);
    const kinds = TEXT.flatMap((event) => decoder.push(eventOf(event))).map(({ kind }) => kind);
    expect(kinds).toEqual(['lifecycle', 'content']);
    expect(JSON.parse(decoder.assemble().body.toString())).toMatchObject({ id: 'r1', model: 'claude-opus-5' });
  });

  it('keeps the parts of two open blocks apart', () => {
    const tool = (index: number) => ({
      type: 'content_block_start',
      index,
      content_block: { type: 'tool_use', id: `t${index}`, name: 'find', input: {} },
    });
    const input = (index: number, partial_json: string) => ({
      type: 'content_block_delta',
      index,
      delta: { type: 'input_json_delta', partial_json },
    });
    const parts = [tool(3), tool(5), input(5, '{"b"'), input(3, '{"a"'), input(5, ':2}'), input(3, ':1}')];
    const { body } = decoderOf(START, ...parts, DELTA, STOP).assemble();
    expect(JSON.parse(body.toString()).choices[0].message.tool_calls).toEqual([
      { id: 't3', type: 'function', function: { name: 'find', arguments: '{"a":1}' } },
      { id: 't5', type: 'function', function: { name: 'find', arguments: '{"b":2}' } },
    ]);
  });
});

describe('a body with status 200', () => {
  const kindOf = (body: string) => anthropicChat.fromReply(Buffer.from(body), CALL);

  it.each([
    ['<html>', 'unreadable'],
    ['[]', 'unreadable'],
    ['{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', 'error'],
    ['{"type":"message","content":[]}', 'response'],
  ])('%s is of the kind %s', (body, kind) => expect(kindOf(body).kind).toBe(kind));

  it('without content may still have counts that are charged', () => {
    expect(kindOf('{"type":"message","usage":{"input_tokens":5,"output_tokens":7}}')).toEqual({
      kind: 'unreadable',
      usage: { inputTokens: 5, cachedInputTokens: 0, outputTokens: 7, reasoningTokens: 0 },
    });
  });

  it('has tool input with all its digits, in its order', () => {
    const input = '{"b":1,"10":12345678901234567890}';
    const read = kindOf(`{"type":"message","content":[{"type":"tool_use","id":"t","name":"f","input":${input}}]}`);
    if (read.kind !== 'response') throw new Error(read.kind);
    const { message } = JSON.parse(read.reply.body.toString()).choices[0];
    expect(message.tool_calls[0].function.arguments).toBe(input);
  });
});
