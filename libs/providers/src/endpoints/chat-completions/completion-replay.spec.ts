import * as fc from 'fast-check';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import type { JsonRecord } from '../../json-record';
import { assembleCompletion } from './completion-assembly';
import { CompletionReplay, completionToChunks } from './completion-replay';

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constant('"usage":{} [DONE]\n\ndata: '),
  fc.constant('줄\u2028끝\u0085과 \ud83d'),
  fc.lorem({ maxCount: 40 }),
);
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
    name: text,
    x_note: nullableText,
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
  // As the cache returns it: parsed from JSON.
  .map((whole): Record<string, unknown> => JSON.parse(JSON.stringify(whole)));

interface StoredChoice {
  message: Record<string, unknown> & { tool_calls?: { function: { name: string } }[] | null };
  finish_reason: string | null;
  logprobs?: unknown;
}

/** The completion that the official SDK accumulates from a stream. */
async function accumulated(events: string[]): Promise<unknown> {
  const client = new OpenAI({
    apiKey: 'none',
    fetch: async () => new Response(events.join(''), { headers: { 'content-type': 'text/event-stream' } }),
  });
  const messages = [{ role: 'user' as const, content: 'x' }];
  const whole = await client.chat.completions.stream({ model: 'm', messages }).finalChatCompletion();
  // The SDK adds parsed members, which are null without a schema.
  return JSON.parse(JSON.stringify(whole, (name, value) => (/^parsed(_arguments)?$/.test(name) ? undefined : value)));
}

function sse(whole: Record<string, unknown>, options: { includeUsage: boolean; pieceLength?: number }): string[] {
  return [...completionToChunks(whole, options), '[DONE]'].map((data) => `data: ${data}\n\n`);
}

/**
 * A completion without the differences that the SDK's accumulator loses: an empty text equals a missing one, a null member
 * equals a missing one, and it keeps only the last piece of reasoning.
 */
function asAccumulated(whole: Record<string, unknown>): unknown {
  const { system_fingerprint, choices, ...rest } = whole;
  return {
    ...rest,
    ...(system_fingerprint ? { system_fingerprint } : {}),
    choices: (choices as StoredChoice[]).map(({ message: { audio, tool_calls, ...said }, ...of }) => ({
      ...of,
      logprobs: of.logprobs ?? null,
      message: {
        ...said,
        ...(audio ? { audio } : {}),
        ...(tool_calls ? { tool_calls } : {}),
        content: said.content || null,
        refusal: said.refusal || null,
      },
    })),
  };
}

describe('CompletionReplay', () => {
  it('streams any completion in pieces of any length that assemble to it', () => {
    fc.assert(
      fc.property(completion, fc.option(fc.integer({ min: 1, max: 50 })), (whole, pieceLength) => {
        const options = { includeUsage: true, ...(pieceLength === null ? {} : { pieceLength }) };
        const { body } = assembleCompletion(
          completionToChunks(whole, options).map((data) => JSON.parse(data) as JsonRecord),
        );
        expect(JSON.parse(body.toString())).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the official SDK the same completion, unknown members included', async () => {
    const finished = completion.filter(({ choices }) =>
      (choices as StoredChoice[]).every(
        ({ finish_reason, message: said }) =>
          finish_reason && !said.function_call && !said.reasoning_content && (said.tool_calls ?? []).every(isNamed),
      ),
    );
    await fc.assert(
      fc.asyncProperty(finished, fc.integer({ min: 1, max: 30 }), async (whole, pieceLength) => {
        expect(await accumulated(sse(whole, { includeUsage: true, pieceLength }))).toEqual(asAccumulated(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('has one choice per event, the role first, the finish reason last, and text in pieces', () => {
    fc.assert(
      fc.property(completion, fc.boolean(), fc.integer({ min: 4, max: 30 }), (whole, includeUsage, pieceLength) => {
        const chunks = [...new CompletionReplay(whole).chunks({ includeUsage, pieceLength })];
        const parsed = chunks.map(({ data }) => JSON.parse(data));
        const usage = parsed.filter(({ choices }) => choices.length === 0);
        expect(usage).toEqual(includeUsage && whole.usage ? [expect.objectContaining({ usage: whole.usage })] : []);
        expect(chunks.filter(({ kind }) => kind === 'usage')).toHaveLength(usage.length);
        if (!includeUsage) expect(parsed.some((chunk) => 'usage' in chunk)).toBe(false);
        for (const { index } of whole.choices as { index: number }[]) {
          const own = parsed.flatMap(({ choices }) => choices).filter((each) => each.index === index);
          expect(own.map(({ delta }) => 'role' in delta)).toEqual(own.map((_, at) => at === 0));
          expect(own.slice(0, -1).every(({ finish_reason }) => finish_reason === null)).toBe(true);
          expect(own.at(-1).delta).toEqual({});
          for (const { delta } of own)
            expect(delta.content?.length ?? 0).toBeLessThanOrEqual(Math.max(pieceLength, 64));
        }
        expect(chunks.every(({ data }) => !/[\n\r\u0085\u2028\u2029]/.test(data))).toBe(true);
      }),
    );
  });

  it('streams textLength units of text', () => {
    fc.assert(
      fc.property(completion, (whole) => {
        const replay = new CompletionReplay(whole);
        const streamed = [...replay.chunks({ includeUsage: false })].reduce((sum, chunk) => sum + chunk.textLength, 0);
        expect(streamed).toBe(replay.textLength);
      }),
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

  it('omits usage unless requested', () => {
    expect(completionToChunks(stored, { includeUsage: false }).join('')).not.toContain('"usage"');
  });

  it('is readable by the official SDK, tool calls and refusals included', async () => {
    expect(await accumulated(sse(stored, { includeUsage: true, pieceLength: 3 }))).toMatchObject({ ...stored });
  });

  it('streams the name of a tool call once, then its arguments', () => {
    const deltas = completionToChunks(stored, { includeUsage: false, pieceLength: 4 })
      .flatMap((data) => JSON.parse(data).choices)
      .flatMap(({ delta }) => delta.tool_calls ?? []);
    expect(deltas).toEqual([
      { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } },
      { index: 0, function: { arguments: '{"x"' } },
      { index: 0, function: { arguments: ':1}' } },
      { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '' } },
      { index: 1, function: { arguments: '{}' } },
    ]);
  });

  it('sends each piece with the logprobs of the tokens that end in it', () => {
    const token = (of: string, bytes: number[] | null = null) => ({ token: of, logprob: -1, bytes });
    const content = [token('\\xed\\x95', [0xed, 0x95]), token('\\x9c', [0x9c]), token('국'), token(' ok')];
    const choices = [{ index: 0, message: { content: '한국 ok' }, logprobs: { content }, finish_reason: 'stop' }];
    const parsed = completionToChunks({ choices }, { includeUsage: false, pieceLength: 1 })
      .map((data) => JSON.parse(data).choices[0])
      .map(({ delta, logprobs: of }) => [delta.content, of?.content.length]);
    expect(parsed).toEqual([
      ['', undefined],
      ['한', 2],
      ['국', 1],
      [' ', 0],
      ['o', 0],
      ['k', 1],
      [undefined, undefined],
    ]);
  });

  it('splits a long response into many events of limited length', () => {
    const long = { role: 'assistant', content: 'lorem ipsum dolor '.repeat(60_000) };
    const choices = [{ message: long, finish_reason: 'stop' }];
    const chunks = completionToChunks({ choices }, { includeUsage: false });
    expect(chunks.length).toBeGreaterThan(500);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(4_096);
  });

  it.each(['<html>', 'null', '[]'])('rejects %s', (body) => {
    expect(() => completionToChunks(Buffer.from(body), { includeUsage: false })).toThrow(SyntaxError);
  });
});

/** Byte for byte, so that the stream for clients does not change by accident. UPDATE_FIXTURES=1 rewrites them: review the diff. */
describe('the stream of a stored response', () => {
  const fixtures = join(__dirname, '../../openai/__fixtures__');
  const cases = readdirSync(fixtures).filter((name) => existsSync(join(fixtures, name, 'reply.json')));

  it.each(cases)('matches the recording in %s', (name) => {
    const whole = JSON.parse(readFileSync(join(fixtures, name, 'reply.json'), 'utf8'));
    const file = join(fixtures, name, 'replay.sse');
    const events = sse(whole, { includeUsage: true }).join('');
    if (process.env.UPDATE_FIXTURES === '1') writeFileSync(file, events);
    expect(events).toBe(readFileSync(file, 'utf8'));
  });
});

function isNamed(call: { function: { name: string } }): boolean {
  return call.function.name !== '';
}
