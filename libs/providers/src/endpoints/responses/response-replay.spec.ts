import fc from 'fast-check';
import { accumulateResponse } from 'openai/lib/responses/ResponseAccumulator';
import type { Response, ResponseStreamEvent } from 'openai/resources/responses/responses';
import { responsesOverChat } from '../../bridges/responses-over-chat/responses-over-chat';
import { openAiChat } from '../../openai/openai';
import { openAiResponses } from '../../openai/responses/openai-responses';
import { CompletionReplay } from '../chat-completions/completion-replay';
import { ResponseReplay } from './response-replay';

const call = (body: object = {}) => ({
  body: { model: 'm', input: 'Hi', ...body },
  upstreamModel: 'm',
  stream: true,
  requestId: 'r',
  baseUrl: 'http://u',
});

const text = fc.string({ unit: 'grapheme', maxLength: 60 });
const annotation = { type: 'url_citation', start_index: 0, end_index: 1, url: 'https://a.test', title: 'a' };
const part = fc.oneof(
  fc.record({
    type: fc.constant('output_text'),
    text,
    annotations: fc.constantFrom([], [annotation]),
    logprobs: fc.constant([]),
  }),
  fc.record({ type: fc.constant('refusal'), refusal: text }),
);
const id = fc.string({ minLength: 1, maxLength: 5 });
const item = fc.oneof(
  fc.record({
    type: fc.constant('message'),
    id,
    role: fc.constant('assistant'),
    status: fc.constantFrom('completed', 'incomplete'),
    content: fc.array(part, { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant('function_call'),
    id,
    call_id: id,
    name: id,
    arguments: text,
    status: fc.constant('completed'),
  }),
  fc.record({ type: fc.constant('custom_tool_call'), id, call_id: id, name: id, input: text }),
  fc.record({
    type: fc.constant('reasoning'),
    id,
    summary: fc.array(fc.record({ type: fc.constant('summary_text'), text }), { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant('reasoning'),
    id,
    summary: fc.constant([]),
    content: fc.array(fc.record({ type: fc.constant('reasoning_text'), text }), { maxLength: 2 }),
  }),
  fc.record({
    type: fc.constant('web_search_call'),
    id,
    status: fc.constant('completed'),
    action: fc.record({ query: text }),
  }),
);
const stored = fc.record({
  id: fc.constant('resp_1'),
  object: fc.constant('response'),
  status: fc.constantFrom('completed', 'incomplete'),
  model: text,
  output: fc.array(item, { maxLength: 5 }),
  usage: fc.constant({ input_tokens: 1, output_tokens: 2, total_tokens: 3 }),
});

const eventsOf = (response: object, pieceLength?: number) => [
  ...new ResponseReplay(Buffer.from(JSON.stringify(response))).chunks({ includeUsage: true, pieceLength }),
];

describe('the replay of a response', () => {
  it('is read by the decoder as the same response, with numbers without gaps', () => {
    fc.assert(
      fc.property(stored, fc.integer({ min: 1, max: 20 }), (response, pieceLength) => {
        const events = eventsOf({ ...response, cached: true }, pieceLength);
        expect(events.map(({ data }) => JSON.parse(data).sequence_number)).toEqual([...events.keys()]);
        const decoder = openAiResponses.openStream(call());
        for (const { event, data } of events) decoder.push({ event, data });
        expect([decoder.ended, JSON.parse(decoder.assemble().body.toString())]).toEqual([true, response]);
      }),
    );
  });

  it('is read by the official SDK as the same output, before the last event has it', () => {
    fc.assert(
      fc.property(stored, fc.integer({ min: 1, max: 20 }), (response, pieceLength) => {
        let snapshot: Response | undefined;
        for (const { kind, data } of eventsOf(response, pieceLength)) {
          const event = JSON.parse(data) as ResponseStreamEvent;
          if (kind === 'content') snapshot = accumulateResponse(event, snapshot);
        }
        expect(snapshot?.output).toEqual(response.output);
      }),
    );
  });

  it('has the lengths of its texts, and shows reasoning', () => {
    const output = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'abc' }] },
      { type: 'function_call', arguments: '{}' },
    ];
    const replay = new ResponseReplay(Buffer.from(JSON.stringify({ output })));
    expect([replay.textLength, replay.showsReasoning]).toEqual([5, true]);
    const lengths = [...replay.chunks({ includeUsage: true })].map(({ textLength }) => textLength);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(5);
    expect(() => new ResponseReplay(Buffer.from('[]'))).toThrow(SyntaxError);
  });
});

const toolCall = fc.record({
  id,
  type: fc.constant('function'),
  function: fc.record({ name: id, arguments: fc.json() }),
});
const message = fc.record(
  {
    role: fc.constant('assistant'),
    content: fc.option(text),
    refusal: fc.option(text),
    reasoning_content: text,
    tool_calls: fc.uniqueArray(toolCall, { selector: (each) => each.id, maxLength: 3 }),
  },
  { requiredKeys: ['role', 'content'] },
);

describe('a stream over chat completions', () => {
  it('assembles to the response of the same call without a stream, however it is cut', () => {
    const finish = fc.constantFrom('stop', 'length', 'content_filter', 'tool_calls');
    fc.assert(
      fc.property(
        message,
        finish,
        fc.integer({ min: 1, max: 20 }),
        fc.boolean(),
        (said, finishReason, pieceLength, carries) => {
          const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
          const choices = [{ index: 0, message: said, finish_reason: finishReason }];
          const completion = { id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm', choices, usage };
          const bridge = responsesOverChat(openAiChat);
          const asked = call(carries ? { include: ['reasoning.encrypted_content'] } : {});
          const read = bridge.fromReply(Buffer.from(JSON.stringify(completion)), asked);
          const stream = bridge.openStream(asked);
          const data = [...new CompletionReplay(completion).chunks({ includeUsage: true, pieceLength })].map(
            (each) => each.data,
          );
          const chunks = [...data, '[DONE]'].flatMap((each) => stream.push({ event: undefined, data: each }));
          const assembled = stream.assemble();
          if (read.kind !== 'response') throw new Error(read.kind);
          expect(JSON.parse(assembled.body.toString())).toEqual(JSON.parse(read.reply.body.toString()));
          expect(assembled.facts).toEqual(read.reply.facts);
          let snapshot: Response | undefined;
          for (const chunk of chunks)
            if (chunk.kind === 'content') snapshot = accumulateResponse(JSON.parse(chunk.data), snapshot);
          expect(snapshot?.output).toEqual(JSON.parse(assembled.body.toString()).output);
        },
      ),
    );
  });
});
