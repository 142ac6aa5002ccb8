import fc from 'fast-check';
import type { JsonRecord } from '../../json-record';
import { GeminiStream } from './gemini-stream';
import { GeminiTextTemplate } from './gemini-text-template';

const CALL = { body: {}, upstreamModel: 'gemini-3.5-flash', stream: true, requestId: 'r1', baseUrl: 'http://x' };
const USAGE = { promptTokenCount: 3, candidatesTokenCount: 1, totalTokenCount: 4 };

function responseOf(part: JsonRecord, more: { usage?: unknown; candidate?: JsonRecord } = {}): JsonRecord {
  return {
    candidates: [{ content: { parts: [part], role: 'model' }, index: 0, ...more.candidate }],
    usageMetadata: more.usage ?? USAGE,
    modelVersion: 'gemini-3.5-flash',
    responseId: 'r',
  };
}

/** With a member between the counts and the rest. */
function withMember(member: JsonRecord): JsonRecord {
  const { candidates, usageMetadata, ...rest } = responseOf({ text: 'a' });
  return { candidates, usageMetadata, ...member, ...rest };
}

function templateOf(response: JsonRecord, data = JSON.stringify(response)): GeminiTextTemplate | undefined {
  return GeminiTextTemplate.of(response, data);
}

describe('the template of events with a piece of text', () => {
  const first = responseOf({ text: 'Hello' });

  it('reads text and counts where nothing else differs', () => {
    const next = responseOf({ text: ' 세계' }, { usage: { ...USAGE, candidatesTokenCount: 12, totalTokenCount: 15 } });
    expect(templateOf(first)?.read(JSON.stringify(next))).toEqual({
      index: 0,
      text: ' 세계',
      usage: JSON.stringify(next.usageMetadata),
    });
    const spaced = (response: JsonRecord) => JSON.stringify(response, null, 1).replaceAll(/\n\s*/g, ' ');
    expect(templateOf(first, spaced(first))?.read(spaced(next))).toMatchObject({ text: ' 세계' });
  });

  it.each<[string, JsonRecord]>([
    ['a finish reason', responseOf({ text: 'a' }, { candidate: { finishReason: 'STOP' } })],
    ['a thought', responseOf({ text: 'a', thought: true })],
    ['a signature', responseOf({ text: 'a', thoughtSignature: 's' })],
    ['a call', responseOf({ functionCall: { name: 'f', args: {} } })],
    ['two parts', responseOf({}, { candidate: { content: { parts: [{ text: 'a' }, { text: 'b' }] } } })],
    ['another member', { ...responseOf({ text: 'a' }), promptFeedback: {} }],
    ['an escape', responseOf({ text: 'a\nb' })],
    ['a quote', responseOf({ text: 'say "a"' })],
    ['no text', responseOf({ text: '' })],
    ['counts with other texts', responseOf({ text: 'a' }, { usage: { ...USAGE, note: 'a.b' } })],
    ['a member after the counts', withMember({ promptFeedback: { blockReason: 'SAFETY' } })],
    ['a list for counts', responseOf({ text: 'a' }, { usage: [] })],
  ])('leaves data with %s to the parser', (_what, response) => {
    expect(templateOf(first)?.read(JSON.stringify(response))).toBeUndefined();
  });

  it.each<[string, JsonRecord]>([
    ['without counts', { candidates: first.candidates }],
    ['with a finish reason', responseOf({ text: 'a' }, { candidate: { finishReason: 'STOP' } })],
    ['with a second text', { ...first, modelVersion: { text: 'Hello' } }],
    ['with counts before its text', { usageMetadata: USAGE, candidates: first.candidates }],
    ['with two candidates', { ...first, candidates: [first.candidates, first.candidates].flat() }],
  ])('is not made of an event %s', (_what, response) => {
    expect(templateOf(response)).toBeUndefined();
  });
});

describe('a stream that is read by templates', () => {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.record({ text: fc.string({ unit: 'grapheme', maxLength: 12 }) }) },
    fc.record({ text: fc.string(), thought: fc.constant(true) }),
    fc.record({ text: fc.string(), thoughtSignature: fc.constant('sig') }),
    fc.record({
      functionCall: fc.record({ name: fc.constant('f'), args: fc.dictionary(fc.string(), fc.jsonValue()) }),
    }),
  );
  const counts = fc.record({ promptTokenCount: fc.nat(), candidatesTokenCount: fc.nat(), totalTokenCount: fc.nat() });
  const events = fc.array(
    fc.record({
      part,
      usage: counts,
      finishes: fc.boolean().map((finishes) => finishes && { finishReason: 'STOP' }),
    }),
    { minLength: 1, maxLength: 12 },
  );

  it('gives what parsing each event gives', () => {
    fc.assert(
      fc.property(events, fc.constantFrom(undefined, 1), (sent, indent) => {
        const responses = sent.map(({ part: each, usage, finishes }) =>
          responseOf(each, { usage, candidate: finishes || {} }),
        );
        const readAll = (texts: string[]) => {
          const stream = new GeminiStream(CALL);
          const chunks = texts.flatMap((data) => stream.push({ event: undefined, data }));
          return { chunks, finished: stream.finished, reply: stream.assemble() };
        };
        const plain = responses.map((response) => JSON.stringify(response, null, indent));
        // A member that each event has for itself, so that none is of the template of another.
        const parsed = responses.map((response, at) => JSON.stringify({ ...response, unknown: `${at}` }));
        expect(readAll(plain)).toEqual(readAll(parsed));
      }),
      { numRuns: 300 },
    );
  });
});
