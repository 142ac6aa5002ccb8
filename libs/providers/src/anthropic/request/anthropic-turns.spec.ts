import fc from 'fast-check';
import type { JsonRecord } from '../../json-record';
import type { Reply, UpstreamCall, VendorTurn } from '../../translator';
import { anthropicChat } from '../anthropic';

type Block = JsonRecord & { type: string };

const CALL = { stream: false, requestId: 'r1', baseUrl: 'https://api.anthropic.com' };
const TOOLS = ['find', 'db.query'].map((name) => ({ type: 'function', function: { name } }));

function messagesText(messages: unknown[], model: string, turns?: UpstreamCall['turns']): string {
  const body = { messages, tools: TOOLS, max_tokens: 100, reasoning_effort: 'high' };
  const text = String(anthropicChat.toRequest({ ...CALL, body, upstreamModel: model, turns }).body);
  return text.slice(text.indexOf('"messages":'));
}

function messagesOf(
  messages: unknown[],
  model: string,
  turns?: UpstreamCall['turns'],
): { role: string; content: Block[] }[] {
  return JSON.parse(`{${messagesText(messages, model, turns)}`).messages;
}

function contentOf(messages: unknown[], model: string, turns?: UpstreamCall['turns']): Block[][] {
  return messagesOf(messages, model, turns).map(({ content }) => content);
}

/** The assistant's message that a client gets for Anthropic's blocks, and the turn that the gateway keeps. */
function answer(content: Block[]): { message: JsonRecord; reply: Reply } {
  const body = Buffer.from(
    JSON.stringify({ type: 'message', model: 'm', content, stop_reason: 'tool_use', usage: {} }),
  );
  const call = { ...CALL, body: { tools: TOOLS }, upstreamModel: 'claude-opus-5' };
  const read = anthropicChat.fromReply(body, call);
  if (read.kind !== 'response') throw new Error(read.kind);
  return { message: JSON.parse(read.reply.body.toString()).choices[0].message, reply: read.reply };
}

function turnsOf(...replies: Reply[]): Map<string, VendorTurn> {
  // As a store gives them back.
  const kept = replies.flatMap(({ turn }) => (turn ? [JSON.parse(JSON.stringify(turn)) as typeof turn] : []));
  return new Map(kept.flatMap(({ toolCallIds, turn }) => toolCallIds.map((id) => [id, turn])));
}

function results(message: JsonRecord): JsonRecord[] {
  const calls = (message.tool_calls ?? []) as { id: string }[];
  return calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: `of ${id}` }));
}

const think = (thinking: string, signature: string): Block => ({ type: 'thinking', thinking, signature });
const say = (text: string): Block => ({ type: 'text', text });
const use = (id: string, input: JsonRecord = {}): Block => ({ type: 'tool_use', id, name: 'find', input });
const USER = { role: 'user', content: 'Go.' };

describe('a turn with thinking', () => {
  const blocks = [think('One.', 's1'), say('I '), say('look.'), think('', 's2'), use('t1', { q: 'a' }), use('t2')];
  const { message, reply } = answer(blocks);
  const { reasoning_details: _details, reasoning_content: _content, ...plain } = message;
  const turns = turnsOf(reply);

  it('goes back as it came for a client that drops unknown members', () => {
    expect(contentOf([USER, plain, ...results(plain)], 'claude-opus-5', turns)[1]).toEqual(blocks);
  });

  it('goes back without thinking where neither the client nor the gateway has it', () => {
    const sent = contentOf([USER, plain, ...results(plain)], 'claude-opus-5')[1];
    expect(sent).toEqual([say('I look.'), use('t1', { q: 'a' }), use('t2')]);
  });

  it.each<[string, JsonRecord]>([
    ['text', { ...plain, content: 'I looked.' }],
    ['call', { ...plain, tool_calls: (plain.tool_calls as JsonRecord[]).slice(0, 1) }],
    [
      'input',
      {
        ...plain,
        tool_calls: (plain.tool_calls as JsonRecord[]).map((call) => ({
          ...call,
          function: { name: 'find', arguments: '{"q":"b"}' },
        })),
      },
    ],
  ])('is not put back where the client has changed its %s', (_, changed) => {
    const sent = contentOf([USER, changed, ...results(changed)], 'claude-opus-5', turns)[1] ?? [];
    expect(sent.some(({ type }) => type === 'thinking')).toBe(false);
  });

  it('is put back where the client has only written the arguments anew', () => {
    const anew = (plain.tool_calls as { function: JsonRecord }[]).map((call) => ({
      ...call,
      function: { ...call.function, arguments: ` ${String(call.function.arguments).replace(':', ' : ')}` },
    }));
    const sent = contentOf([USER, { ...plain, tool_calls: anew }, ...results(plain)], 'claude-opus-5', turns)[1];
    expect(sent).toEqual(blocks);
  });

  it('leaves out text of white space alone, which Anthropic writes and refuses', () => {
    const { message: spaced, reply: kept } = answer([think('One.', 's1'), say('\n\n'), use('t1')]);
    const { reasoning_details: _, ...bare } = spaced;
    const sent = contentOf([USER, bare, ...results(bare)], 'claude-opus-5', turnsOf(kept))[1];
    expect(sent).toEqual([think('One.', 's1'), use('t1')]);
  });

  it('is nothing to keep without thinking, or without a call that waits', () => {
    expect(answer([say('I look.'), use('t1')]).reply.turn).toBeUndefined();
    expect(answer([think('One.', 's1'), say('Yes.')]).reply.turn).toBeUndefined();
  });
});

/** Turns of Claude in which each text is one block: what a client's text and details can tell apart. */
const claudeTurn = fc
  .record({
    thoughts: fc.array(fc.tuple(fc.string(), fc.base64String({ minLength: 4 })), { maxLength: 2 }),
    redacted: fc.boolean(),
    text: fc.option(fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => text.trim() !== '')),
    inputs: fc.array(
      fc.dictionary(
        fc.string(),
        fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value))),
      ),
      { maxLength: 3 },
    ),
  })
  .map(({ thoughts, redacted, text, inputs }) => ({ thoughts, redacted, text: text ?? 'Done.', inputs }));

describe('a conversation of many turns', () => {
  const conversation = fc
    .tuple(fc.array(claudeTurn, { minLength: 1, maxLength: 5 }), fc.boolean(), fc.boolean())
    .map(([drawn, keepsMembers, hasSystem]) => {
      const replies: Reply[] = [];
      const originals: Block[][] = [];
      const messages: JsonRecord[] = hasSystem ? [{ role: 'system', content: 'Be brief.' }] : [];
      const ends: number[] = [];
      for (const [at, { thoughts, redacted, text, inputs }] of drawn.entries()) {
        messages.push({ role: 'user', content: `Turn ${at}.` });
        ends.push(messages.length);
        const [first, second] = thoughts.map(([thought, signature]) => think(thought, signature));
        const blocks = [
          ...(redacted ? [{ type: 'redacted_thinking', data: 'ZW5j' }] : []),
          ...(first ? [first] : []),
          say(text),
          ...(second ? [second] : []),
          ...inputs.map((input, index) => use(`t${at}_${index}`, input)),
        ];
        const { message, reply } = answer(blocks);
        originals.push(blocks);
        replies.push(reply);
        const { reasoning_details: _, ...bare } = message;
        messages.push(keepsMembers ? message : bare, ...results(message));
        if (inputs.length > 0) ends.push(messages.length);
      }
      messages.push({ role: 'user', content: 'The end.' });
      return { messages, ends, turns: turnsOf(...replies), originals, keepsMembers };
    });

  it('has all thinking at its place, byte for byte', () => {
    fc.assert(
      fc.property(conversation, ({ messages, turns, originals, keepsMembers }) => {
        const sent = messagesOf(messages, 'claude-opus-5', keepsMembers ? undefined : turns);
        const assistants = sent.filter(({ role }) => role === 'assistant').map(({ content }) => content);
        for (const [at, blocks] of originals.entries()) {
          const isKept = keepsMembers || blocks.some(({ type }) => type === 'tool_use');
          const expected = isKept ? blocks : blocks.filter(({ type }) => type === 'text');
          expect(assistants[at]).toEqual(expected);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('begins with the bytes of each earlier request', () => {
    fc.assert(
      fc.property(
        conversation,
        fc.constantFrom('claude-sonnet-4-6', 'claude-opus-4-8', 'claude-opus-5-5'),
        ({ messages, ends, turns }, model) => {
          const whole = messagesText(messages, model, turns);
          for (const end of ends) {
            const earlier = messagesText(messages.slice(0, end), model, turns);
            expect(whole.startsWith(earlier.slice(0, earlier.lastIndexOf(']')))).toBe(true);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
