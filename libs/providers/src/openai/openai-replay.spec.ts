import * as fc from 'fast-check';
import OpenAI from 'openai';
import { assembleCompletion } from './openai-assembly';
import { completionToChunks } from './openai-replay';

const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('"usage":{} [DONE]\n\ndata: '));
const nullableText = fc.option(text);
const unknownMember = fc.oneof(fc.integer(), fc.boolean(), fc.array(fc.record({ url: text }), { maxLength: 2 }));

const toolCall = fc.record({
  id: fc.uuid(),
  type: fc.constant('function'),
  function: fc.record({ name: text, arguments: text }),
});
const message = fc.record(
  {
    role: fc.constant('assistant'),
    content: nullableText,
    refusal: nullableText,
    reasoning_content: nullableText,
    annotations: unknownMember,
    tool_calls: fc.option(fc.array(toolCall, { maxLength: 3 })),
    function_call: fc.record({ name: text, arguments: text }),
    audio: fc.option(fc.record({ id: text, data: text, expires_at: fc.nat() })),
  },
  { requiredKeys: ['role', 'content'] },
);
const tokenLogprob = fc.record({ token: text, logprob: fc.integer(), bytes: fc.option(fc.array(fc.nat(255))) });
const logprobs = fc.option(
  fc.record({ content: fc.option(fc.array(tokenLogprob)), refusal: fc.option(fc.array(tokenLogprob)) }),
);
const choice = fc.record(
  {
    message,
    logprobs,
    finish_reason: fc.option(fc.constantFrom('stop', 'length', 'tool_calls', 'content_filter')),
    stop_reason: fc.option(fc.integer()),
    content_filter_results: fc.dictionary(fc.constantFrom('hate', 'violence'), fc.record({ filtered: fc.boolean() })),
  },
  { requiredKeys: ['message', 'finish_reason'] },
);
const completion = fc
  .record(
    {
      id: fc.uuid(),
      object: fc.constant('chat.completion'),
      created: fc.nat(),
      model: text,
      choices: fc.array(choice, { minLength: 1, maxLength: 3 }),
      usage: fc.record({ prompt_tokens: fc.nat(), completion_tokens: fc.nat(), total_tokens: fc.nat() }),
      service_tier: fc.option(fc.constant('default')),
      system_fingerprint: fc.option(text),
      citations: fc.array(fc.webUrl(), { maxLength: 2 }),
    },
    { requiredKeys: ['id', 'object', 'created', 'model', 'choices'] },
  )
  .map((whole) => ({ ...whole, choices: whole.choices.map((each, index) => ({ index, ...each })) }))
  // As it would come out of the cache: parsed from JSON.
  .map((whole): Record<string, unknown> => JSON.parse(JSON.stringify(whole)));

describe('completionToChunks', () => {
  it('can be put together again, whatever the completion', () => {
    fc.assert(
      fc.property(completion, (whole) => {
        const { body } = assembleCompletion(completionToChunks(whole, { includeUsage: true }));
        expect(JSON.parse(body.toString())).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  const stored = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_763_990_400,
    model: 'gpt-4.1-2025-04-14',
    cached: true,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Two calls.',
          refusal: null,
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
            { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
          ],
        },
        logprobs: { content: [{ token: 'Two', logprob: -0.5, bytes: [84], top_logprobs: [] }], refusal: null },
        finish_reason: 'tool_calls',
      },
      {
        index: 1,
        message: { role: 'assistant', content: null, refusal: 'No.' },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 5, completion_tokens: 7, total_tokens: 12 },
  };

  it('is the stream that the upstream would have sent', () => {
    const chunks = completionToChunks(Buffer.from(JSON.stringify(stored)), { includeUsage: true }).map((data) =>
      JSON.parse(data),
    );
    expect(
      chunks.map(({ choices }) =>
        choices.map(({ index, delta, finish_reason }: Record<string, unknown>) => ({ index, delta, finish_reason })),
      ),
    ).toEqual([
      [{ index: 0, delta: { role: 'assistant', content: '', refusal: null }, finish_reason: null }],
      [{ index: 0, delta: { content: 'Two calls.' }, finish_reason: null }],
      [
        {
          index: 0,
          delta: { tool_calls: [{ index: 0, ...stored.choices[0]?.message.tool_calls?.[0] }] },
          finish_reason: null,
        },
      ],
      [
        {
          index: 0,
          delta: { tool_calls: [{ index: 1, ...stored.choices[0]?.message.tool_calls?.[1] }] },
          finish_reason: null,
        },
      ],
      [{ index: 0, delta: {}, finish_reason: 'tool_calls' }],
      [{ index: 1, delta: { role: 'assistant', content: null }, finish_reason: null }],
      [{ index: 1, delta: { refusal: 'No.' }, finish_reason: null }],
      [{ index: 1, delta: {}, finish_reason: 'stop' }],
      [],
    ]);
    expect(chunks.map(({ usage }) => usage)).toEqual([...Array(8).fill(null), stored.usage]);
    expect(chunks.every(({ id, object }) => id === 'chatcmpl-1' && object === 'chat.completion.chunk')).toBe(true);
    expect(chunks.map((chunk) => 'cached' in chunk)).toEqual([true, ...Array(8).fill(false)]);
  });

  it('says nothing of usage to who did not ask', () => {
    const chunks = completionToChunks(stored, { includeUsage: false });
    expect(chunks).toHaveLength(8);
    expect(chunks.join('')).not.toContain('"usage"');
  });

  it('is taken by the official SDK', async () => {
    const events = completionToChunks(stored, { includeUsage: true }).map((data) => `data: ${data}\n\n`);
    const client = new OpenAI({
      apiKey: 'none',
      fetch: async () =>
        new Response([...events, 'data: [DONE]\n\n'].join(''), { headers: { 'content-type': 'text/event-stream' } }),
    });
    const stream = client.chat.completions.stream({ model: 'm', messages: [{ role: 'user', content: 'x' }], n: 2 });
    const final = await stream.finalChatCompletion();
    expect(final).toMatchObject({ ...stored, object: 'chat.completion' });
  });

  it.each(['<html>', 'null', '[]'])('does not take %s', (body) => {
    expect(() => completionToChunks(Buffer.from(body), { includeUsage: false })).toThrow(SyntaxError);
  });
});
