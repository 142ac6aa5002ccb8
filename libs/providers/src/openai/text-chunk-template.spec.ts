import * as fc from 'fast-check';
import { assembleCompletion } from '../endpoints/chat-completions/completion-assembly';
import type { JsonRecord } from '../json-record';
import { OpenAiChatStream } from './openai-chat-stream';
import { TextChunkTemplate } from './text-chunk-template';

const chunk = (content: string, members: JsonRecord = {}, index = 0): string =>
  JSON.stringify({
    id: 'c1',
    model: 'm',
    choices: [{ index, delta: { content }, logprobs: null, finish_reason: null }],
    ...members,
  });
const templateOf = (data: string) => TextChunkTemplate.of(JSON.parse(data) as JsonRecord, data);

describe('TextChunkTemplate', () => {
  it('reads the text of a chunk that differs only in its text', () => {
    expect(templateOf(chunk('first'))?.textOf(chunk(' 두 번째'))).toBe(' 두 번째');
  });

  it.each([
    ['another id', chunk('x', { id: 'c2' })],
    ['usage', chunk('x', { usage: { prompt_tokens: 1 } })],
    ['an error', chunk('x', { error: { message: 'no' } })],
    ['another choice', chunk('x', {}, 1)],
    ['an escaped character', chunk('a\n')],
    ['a quote', chunk('"')],
    ['no text', chunk('')],
    ['a member that begins in the text', chunk('first').replace('"first"', '"x","role":"tool"')],
    ['a control character', chunk('first').replace('first', 'a\u0001b')],
    ['its end missing', chunk('first').slice(0, -10)],
  ])('does not read a chunk with %s', (_, data) => expect(templateOf(chunk('first'))?.textOf(data)).toBeUndefined());

  it.each([
    ['no text', chunk('')],
    ['a finish reason', chunk('x').replace('"finish_reason":null', '"finish_reason":"stop"')],
    ['another member in its delta', chunk('x').replace('"content"', '"role":"assistant","content"')],
    ['its text twice', chunk('m', { note: { content: 'm' } })],
  ])('is not created from a chunk with %s', (_, data) => expect(templateOf(data)).toBeUndefined());

  it('assembles the same response as parsing every chunk', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string(), fc.constant('","role":"x'));
    const event = fc.record({
      text,
      index: fc.integer({ min: 0, max: 1 }),
      more: fc.constantFrom({}, { n: 1 }, { n: 2 }),
    });
    fc.assert(
      fc.property(fc.array(event), (events) => {
        const data = events.map((each) => chunk(each.text, each.more, each.index));
        const stream = new OpenAiChatStream();
        for (const each of data) stream.push({ event: undefined, data: each });
        const whole = assembleCompletion(data.map((each) => JSON.parse(each) as JsonRecord));
        expect(stream.assemble().body.toString()).toBe(whole.body.toString());
      }),
    );
  });
});
