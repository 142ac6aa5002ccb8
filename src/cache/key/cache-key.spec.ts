import fc from 'fast-check';
import { chatCompletions, parseExact } from '@thriftgate/providers';
import { type CacheKeyParts, cacheKey as keyFor, keyOfHeader, modelOfKey, scopeOfKey } from './cache-key';

const cacheKey = (keyParts: CacheKeyParts, body: Record<string, unknown>) =>
  keyFor(keyParts, body, chatCompletions.withoutEffect);

const parts = {
  scope: 'team_1',
  model: 'gpt-4.1',
  generation: 1,
  endpoint: '/v1/chat/completions',
  target: 'openai/gpt-4.1',
  namespace: undefined,
};
const keyOf = (body: Record<string, unknown>) => cacheKey(parts, body);
const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: '안녕' }], temperature: 0.7 };

/** The same value with its members in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, item]) => [name, shuffled(item)]),
  );
}

describe('the cache key', () => {
  it('does not depend on how the request is written', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (extra) => {
        const request = { ...body, ...extra };
        const rewritten = JSON.parse(JSON.stringify(shuffled(request), null, 3)) as Record<string, unknown>;
        expect(keyOf(rewritten)).toBe(keyOf(JSON.parse(JSON.stringify(request)) as Record<string, unknown>));
      }),
    );
    expect(keyOf(JSON.parse('{"a":1.0,"b":"\\u0041","c":1e2}') as Record<string, unknown>)).toBe(
      keyOf(JSON.parse('{"c":100,"b":"A","a":1}') as Record<string, unknown>),
    );
  });

  it('does not depend on marks for a vendor’s prompt cache', () => {
    const mark = { cache_control: { type: 'ephemeral' }, prompt_cache_breakpoint: true };
    const request = (marks: object) => ({
      ...body,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', ...marks }], ...marks },
        {
          role: 'tool',
          content: [{ type: 'tool_result', content: [{ type: 'text', text: 'b', ...marks }], ...marks }],
        },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { properties: {} }, ...marks }, ...marks }],
    });
    const marked = {
      ...request(mark),
      cache_control: mark,
      prompt_cache_options: { mode: 'explicit' },
      prompt_cache_key: 'k',
    };
    expect(keyOf(marked)).toBe(keyOf(request({})));
    const schema = (properties: object) => ({ ...body, tools: [{ function: { parameters: { properties } } }] });
    expect(keyOf(schema(mark))).not.toBe(keyOf(schema({})));
    expect(keyOf({ ...body, response_format: mark })).not.toBe(keyOf({ ...body, response_format: {} }));
  });

  it('R36: tells numbers apart that a double does not hold', () => {
    const keys = ['9223372036854775807', '9223372036854775808', '9223372036854775809', '1e400', '1e401'].map((seed) =>
      keyOf({ ...body, ...(parseExact(`{"seed":${seed},"tools":[{"x":${seed}}]}`) as object) }),
    );
    expect(new Set(keys).size).toBe(5);
    const text = '{"a":1,"2":{"b":1,"1":9223372036854775807}}';
    expect(keyOf(parseExact(text) as typeof body)).toBe(
      keyOf(parseExact('{"2":{"1":9223372036854775807,"b":1},"a":1}') as typeof body),
    );
  });

  it.each(['stream', 'user', 'metadata', 'stream_options', 'use_cache', 'cache', 'store', 'service_tier'])(
    'does not depend on %s',
    (name) => {
      expect(keyOf({ ...body, [name]: 'anything' })).toBe(keyOf(body));
    },
  );

  it('depends on every other member, known or not', () => {
    const members = fc
      .string({ minLength: 1 })
      .filter((name) => !(name in body) && keyOf({ ...body, [name]: 1 }) !== keyOf(body));
    fc.assert(
      fc.property(members, fc.jsonValue(), fc.jsonValue(), (name, one, other) => {
        fc.pre(JSON.stringify(shuffled(one)) !== JSON.stringify(shuffled(other)) && !Object.is(one, other));
        const [a, b] = [
          { ...body, [name]: one },
          { ...body, [name]: other },
        ].map((value) => JSON.parse(JSON.stringify(value)));
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(keyOf(a)).not.toBe(keyOf(b));
      }),
    );
  });

  it.each([
    'temperature',
    'seed',
    'tools',
    'top_p',
    'response_format',
    'x_vendor_member',
    'reasoning_effort',
    'n',
    'logprobs',
  ])('depends on %s', (name) => {
    expect(keyOf({ ...body, [name]: 'one' })).not.toBe(keyOf({ ...body, [name]: 'two' }));
  });

  it('depends on scope, generation, target, endpoint and namespace', () => {
    const others = [
      { scope: 'team_2' },
      { generation: 2 },
      { target: 'azure/gpt-4.1' },
      { endpoint: '/v1/responses' },
      { namespace: 'a' },
    ];
    const keys = others.map((other) => cacheKey({ ...parts, ...other }, body));
    expect(new Set([...keys, keyOf(body)]).size).toBe(others.length + 1);
  });

  it('refuses a request that is nested too deeply', () => {
    const nested = (depth: number) => JSON.parse(`{"x":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    expect(keyOf(nested(255))).not.toBe(keyOf(nested(254)));
    expect(() => keyOf(nested(256))).toThrow('nested deeper');
    expect(() => keyOf(nested(1_000_000))).toThrow('nested deeper');
  });

  it('contains scope, model and generation', () => {
    expect(scopeOfKey(cacheKey({ ...parts, model: 'ft:gpt-4.1:acme' }, body))).toBe(parts.scope);
    expect(modelOfKey(cacheKey({ ...parts, model: 'ft:gpt-4.1:acme', generation: 12 }, body))).toEqual({
      model: 'ft:gpt-4.1:acme',
      generation: 12,
    });
  });
});

describe('a key in a header', () => {
  it('is read plain or percent-encoded', () => {
    const korean = cacheKey({ ...parts, model: '사내-모델' }, body);
    for (const key of [keyOf(body), korean, cacheKey({ ...parts, model: '100%:er' }, body)])
      expect([keyOfHeader(key), keyOfHeader(encodeURIComponent(key))]).toEqual([key, key]);
    expect(keyOfHeader('ai_cache%3Ateam%ZZ')).toBe('ai_cache%3Ateam%ZZ');
  });
});
