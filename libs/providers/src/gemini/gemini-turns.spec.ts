import * as fc from 'fast-check';
import { isRecord, type JsonRecord } from '../json-record';
import type { UpstreamCall, VendorTurn } from '../translator';
import { geminiChat } from './gemini';

const CALL: UpstreamCall = {
  body: { model: 'alias', messages: [{ role: 'user', content: 'Go' }] },
  upstreamModel: 'gemini-3.5-flash',
  stream: false,
  requestId: '01KAZ3V4T5N6Q7R8S9TABCDEFG',
  baseUrl: 'https://gemini.example',
};
const SKIP = 'skip_thought_signature_validator';

type Turns = Map<string, VendorTurn>;

/** The message of an answer, and the turn that the gateway keeps. */
function answered(parts: JsonRecord[], requestId = CALL.requestId): { message: JsonRecord; turns: Turns } {
  const body = { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP' }], responseId: 'r' };
  const read = geminiChat.fromReply(Buffer.from(JSON.stringify(body)), { ...CALL, requestId });
  if (read.kind !== 'response') throw new Error(read.kind);
  const { choices } = JSON.parse(read.reply.body.toString()) as { choices: { message: JsonRecord }[] };
  const { toolCallIds = [], turn } = read.reply.turn ?? {};
  const turns: Turns = new Map(turn ? toolCallIds.map((id) => [id, turn]) : []);
  return { message: choices[0]?.message ?? {}, turns };
}

function resultsOf({ tool_calls: calls }: JsonRecord): JsonRecord[] {
  const list = Array.isArray(calls) ? calls.filter(isRecord) : [];
  return list.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: 'ok' }));
}

/** What clients keep that drop unknown members. */
function plain({ role, content, tool_calls: calls }: JsonRecord): JsonRecord {
  const list = Array.isArray(calls) ? calls.filter(isRecord) : [];
  const kept = list.map(({ id, type, function: called }) => ({ id, type, function: called }));
  return { role, content, ...(kept.length > 0 && { tool_calls: kept }) };
}

function sentBody(messages: JsonRecord[], turns?: Turns, model = CALL.upstreamModel): string {
  const call = { ...CALL, body: { ...CALL.body, messages }, turns, upstreamModel: model };
  return String(geminiChat.toRequest(call).body);
}

/** The parts of the model's first turn as they go back. */
function sentParts(message: JsonRecord, turns?: Turns, model?: string): JsonRecord[] {
  const body = sentBody([{ role: 'user', content: 'Go' }, message, ...resultsOf(message)], turns, model);
  const { contents } = JSON.parse(body) as { contents: { role: string; parts: JsonRecord[] }[] };
  return contents.find(({ role }) => role === 'model')?.parts ?? [];
}

const callPart = (args: JsonRecord, rest: JsonRecord = {}, id?: string): JsonRecord => ({
  functionCall: { ...(id !== undefined && { id }), name: 'f', args },
  ...rest,
});
const ANSWER = [
  { text: 'Hm.', thought: true },
  { text: 'Looking', thoughtSignature: 'sigText+/=' },
  { text: ' up.' },
  callPart({ a: 1 }, { thoughtSignature: 'sigCall+/=' }),
  callPart({ a: 2 }),
];

describe('a turn of Gemini', () => {
  it('goes back as it came, for a client that drops unknown members', () => {
    const { message, turns } = answered(ANSWER);
    expect(sentParts(plain(message), turns)).toEqual(ANSWER);
  });

  it('goes back with its signatures from the message, where the gateway has not kept it', () => {
    const { message } = answered(ANSWER);
    expect(sentParts(message)).toEqual([
      { text: 'Hm.', thought: true },
      { text: 'Looking up.' },
      { text: '', thoughtSignature: 'sigText+/=' },
      callPart({ a: 1 }, { thoughtSignature: 'sigCall+/=' }),
      callPart({ a: 2 }),
    ]);
  });

  it('gets the mark of a lost signature on its first call, where neither has one', () => {
    const { message } = answered(ANSWER);
    const lost = [callPart({ a: 1 }, { thoughtSignature: SKIP }), callPart({ a: 2 })];
    expect(sentParts(plain(message))).toEqual([{ text: 'Looking up.' }, ...lost]);
    const earlier = sentParts(plain(message), undefined, 'gemini-2.5-flash');
    expect(earlier).toEqual([{ text: 'Looking up.' }, callPart({ a: 1 }), callPart({ a: 2 })]);
  });

  it.each<[string, (message: JsonRecord) => JsonRecord]>([
    ['text', (message) => ({ ...message, content: 'Another text.' })],
    ['calls', (message) => ({ ...message, tool_calls: (message.tool_calls as JsonRecord[]).slice(0, 1) })],
    [
      'arguments',
      (message) => ({
        ...message,
        tool_calls: (message.tool_calls as JsonRecord[]).map((each) => ({
          ...each,
          function: { name: 'f', arguments: '{"a":9}' },
        })),
      }),
    ],
  ])('is not put back where the caller has changed its %s', (_, change) => {
    const { message, turns } = answered(ANSWER);
    const parts = sentParts(change(plain(message)), turns);
    expect(JSON.stringify(parts)).toContain(SKIP);
    expect(JSON.stringify(parts)).not.toContain('sigCall');
  });

  it('is put back where the client has written its arguments with other white space', () => {
    const { message, turns } = answered(ANSWER);
    const spaced = JSON.parse(JSON.stringify(plain(message)).replaceAll('{\\"a\\":', '{ \\"a\\": ')) as JsonRecord;
    expect(sentParts(spaced, turns)).toEqual(ANSWER);
  });

  it('keeps the vendor’s ids, and never sends one that the gateway made', () => {
    const ids = answered([callPart({}, { thoughtSignature: 's' }, 'pt3pjoak')]);
    expect(sentParts(ids.message)).toEqual([callPart({}, { thoughtSignature: 's' }, 'pt3pjoak')]);
    const { message } = answered(ANSWER);
    const body = sentBody([{ role: 'user', content: 'Go' }, message, ...resultsOf(message)]);
    expect(JSON.stringify(message)).toContain('call_gw_01KAZ3V4T5N6Q7R8S9TABCDEFG_1');
    expect(body).not.toContain('call_gw_');
  });

  it('has no thoughts for a model that does not think', () => {
    const { message } = answered([{ text: 'Hm.', thought: true }, { text: 'Yes.' }]);
    expect(sentParts(message, undefined, 'gemini-2.0-flash')).toEqual([{ text: 'Yes.' }]);
    expect(sentParts(message)).toEqual([{ text: 'Hm.', thought: true }, { text: 'Yes.' }]);
  });

  it('is not taken from another vendor', () => {
    const { message, turns } = answered(ANSWER);
    const foreign = new Map([...turns].map(([id, turn]) => [id, { ...turn, format: 'anthropic-claude-v1' }]));
    expect(JSON.stringify(sentParts(plain(message), foreign))).toContain(SKIP);
  });
});

const text = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' });
const signature = fc.base64String({ minLength: 4, maxLength: 12 });
const signed = fc.option(signature, { nil: undefined });
const args = fc.dictionary(fc.string({ maxLength: 4 }), fc.oneof(fc.integer(), fc.string({ maxLength: 4 })), {
  maxKeys: 3,
});
const textPart = fc
  .record({ text, thought: fc.constantFrom(true, undefined), thoughtSignature: signed })
  .map((part) => JSON.parse(JSON.stringify(part)) as JsonRecord);
const calls = fc.array(fc.record({ args, id: fc.option(fc.uuid(), { nil: undefined }) }), { maxLength: 3 });
const parts = fc
  .tuple(fc.array(textPart, { maxLength: 4 }), calls, signature)
  .map(([texts, called, first]) => [
    ...texts,
    ...called.map(({ args: given, id }, index) => callPart(given, index === 0 ? { thoughtSignature: first } : {}, id)),
  ]);
const signaturesIn = (all: JsonRecord[]) => all.flatMap((part) => part.thoughtSignature ?? []);

describe('signatures of Gemini', () => {
  it('come back byte for byte from a turn that was kept', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const { message, turns } = answered(given);
        if (turns.size === 0) return;
        const sent = sentParts(plain(message), turns);
        expect(signaturesIn(sent)).toEqual(signaturesIn(given));
        const textOf = (all: JsonRecord[]) => all.map((part) => String(part.text ?? '')).join('');
        expect(textOf(sent)).toBe(textOf(given));
      }),
    );
  });

  it('come back byte for byte from the message: of reasoning, of calls and the last one of a text', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const { message } = answered(given);
        const ofText = given.filter((part) => typeof part.text === 'string' && part.thought !== true);
        const [thoughts, called] = [
          given.filter(({ thought }) => thought === true),
          given.filter((part) => 'functionCall' in part),
        ];
        const expected = [...signaturesIn(thoughts), ...signaturesIn(ofText).slice(-1), ...signaturesIn(called)];
        expect(signaturesIn(sentParts(message))).toEqual(expected);
      }),
    );
  });
});

describe('the translation of a conversation', () => {
  const user = fc.record({ role: fc.constantFrom('user', 'system'), content: text });
  const turn = fc.record({ given: parts, keeps: fc.boolean(), stored: fc.boolean(), before: user });

  it('is a prefix, byte for byte, of the translation of a longer one', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 5 }), (conversation) => {
        const turns: Turns = new Map();
        const messages: JsonRecord[] = [{ role: 'user', content: 'Go' }];
        const bodies: string[] = [];
        for (const [index, { given, keeps, stored, before }] of conversation.entries()) {
          const { message, turns: made } = answered(given, `r${index}`);
          if (stored) for (const [id, kept] of made) turns.set(id, kept);
          messages.push(before, keeps ? message : plain(message), ...resultsOf(message));
          bodies.push(sentBody(messages, turns));
        }
        for (const [index, body] of bodies.entries()) {
          const next = bodies[index + 1];
          if (next !== undefined) expect(next.startsWith(body.replace(/\]\}\]\}$/, ''))).toBe(true);
        }
      }),
    );
  });
});
