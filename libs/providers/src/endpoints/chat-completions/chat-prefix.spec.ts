import * as fc from 'fast-check';
import { LongText } from '../../passed-values';
import { chatPrefix, prefixOf } from './chat-prefix';

const LONG = 'A rule of the house. '.repeat(300);
const system = (content: unknown = LONG) => ({ role: 'system', content });
const user = (content: unknown) => ({ role: 'user', content });
const assistant = (content: unknown) => ({ role: 'assistant', content });
const prefix = (...messages: object[]) => chatPrefix({ messages });

describe('the prefix of a conversation', () => {
  it('is the same at each turn', () => {
    const turn = fc.array(fc.string({ maxLength: 50 }), { maxLength: 6 });
    fc.assert(
      fc.property(fc.string({ maxLength: 50 }), turn, (first, texts) => {
        const later = texts.map((text, index) => (index % 2 === 0 ? assistant(text) : user(text)));
        expect(prefix(system(), user(first), ...later)).toBe(prefix(system(), user(first)));
      }),
    );
  });

  it('differs by system, first message and tools', () => {
    const tools = [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object' } } }];
    const prefixes = [
      prefix(system(), user('a')),
      prefix(system(), user('b')),
      prefix(system(`${'x'.repeat(10)}${LONG}`), user('a')),
      chatPrefix({ messages: [system(), user('a')], tools }),
      chatPrefix({ messages: [system(), user('a')], tools: [{ type: 'function', function: { name: 'other' } }] }),
    ];
    expect(new Set(prefixes).size).toBe(prefixes.length);
  });

  it('reads texts in parts, and texts of large bodies', () => {
    const parts = [
      { type: 'image_url', image_url: { url: 'data:…' } },
      { type: 'text', text: LONG },
    ];
    expect(prefix(user(parts))).toBe(prefix(user(LONG)));
    const long = new LongText(Buffer.from('x'.repeat(1_000_000)), true);
    expect(prefix(user(long))).toBe(prefix(user('x'.repeat(1_000_000))));
  });

  it('reads a few thousand characters of each text', () => {
    expect(prefix(user('x'.repeat(10_000_000)))?.length).toBe(4_096);
    const many = Array.from({ length: 1_000 }, () => ({ type: 'text', text: 'x'.repeat(100_000) }));
    expect(prefix(user(many))?.length).toBeLessThan(300_000);
  });

  it.each([
    ['a short call', [user('Hello')]],
    ['a short call in parts', [user([{ type: 'text', text: 'Hello' }])]],
    ['a picture', [user([{ type: 'image_url', image_url: { url: 'data:…' } }])]],
  ])('is none where vendors cache nothing: %s', (_, messages) => {
    expect(chatPrefix({ messages })).toBeUndefined();
  });

  it("begins where the model's vendor caches", () => {
    const messages = [user('x'.repeat(3_000))];
    expect([chatPrefix({ messages }), chatPrefix({ messages }, 512), chatPrefix({ messages }, 4_096)]).toEqual([
      undefined,
      'x'.repeat(3_000),
      undefined,
    ]);
    const long = [user('x'.repeat(16_384))];
    expect(chatPrefix({ messages: long }, 4_096)).toBe('x'.repeat(4_096));
    expect(prefixOf({ system: 'x'.repeat(2_048), turns: [], tools: undefined }, 512)).toBeDefined();
  });

  it('counts all turns: a conversation of short messages grows long', () => {
    const turns = Array.from({ length: 100 }, (_, index) =>
      (index % 2 === 0 ? user : assistant)('짧은 문장입니다. '.repeat(3)),
    );
    expect(chatPrefix({ messages: turns })).toBe('짧은 문장입니다. '.repeat(3));
  });

  it('is made of any members without an error', () => {
    fc.assert(
      fc.property(fc.array(fc.anything()), fc.anything(), (messages, tools) => {
        chatPrefix({ messages, tools, functions: tools });
      }),
    );
  });
});
