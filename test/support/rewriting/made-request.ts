import type { Random } from './write-json';

export type Request = Record<string, unknown> & { messages: Record<string, unknown>[] };

const WORDS = [
  'cache',
  'Straße',
  '한국어',
  '\uac01',
  // The same syllable, decomposed.
  '\u1100\u1161\u11a8',
  '👩‍👩‍👧‍👦',
  '\ud83d',
  '\udc00',
  'user',
  'stream',
  '"quoted"',
  '\\',
  '/',
  '\u0000',
  '\u2028',
  '\n',
  '__proto',
  ' ',
  '',
  'NaN',
  'null',
  '1',
];
const NUMBERS = [
  0,
  1,
  -1,
  0.1,
  0.7,
  1e-7,
  1e21,
  1e-320,
  1.7976931348623157e308,
  2 ** 53,
  9007199254740994,
  100,
  1234567,
];
const NAMES =
  `temperature top_p seed max_tokens max_completion_tokens frequency_penalty presence_penalty n stop logprobs
  top_logprobs logit_bias tools tool_choice parallel_tool_calls response_format modalities audio prediction
  web_search_options verbosity reasoning_effort functions function_call thinking top_k min_p extra_body provider
  enable_thinking chat_template_kwargs repetition_penalty guided_json safety_settings transforms`.split(/\s+/);

/** Members of a request that cannot change its response. */
export const WITHOUT_EFFECT: Record<string, readonly unknown[]> = {
  stream: [true, false],
  stream_options: [null, { include_usage: true }, { include_obfuscation: false }],
  user: ['alice', 'bob'],
  safety_identifier: ['a', 'b'],
  metadata: [{ feature: 'a' }, { feature: 'b', more: 'c' }],
  store: [true, false],
  service_tier: ['auto', 'flex'],
  prompt_cache_key: ['a', 'b'],
  prompt_cache_retention: ['24h', 'in-memory'],
  use_cache: [true],
  cache: [{ ttl: 60 }, { ttl: 61, 's-maxage': 5 }],
};

/** A random chat request: known and unknown members, with any JSON value. */
export function madeRequest(random: Random): Request {
  const request: Request = { model: 'gpt-4.1', messages: [] };
  const messages = 1 + Math.floor(random() * 3);
  for (let at = 0; at < messages; at += 1)
    request.messages.push({ role: pick(['user', 'system', 'tool'], random), content: madeContent(random) });
  const members = Math.floor(random() * 8);
  for (let at = 0; at < members; at += 1)
    request[random() < 0.8 ? pick(NAMES, random) : `x${madeName(random)}`] = madeValue(random, 3);
  return withoutEffect(request, random);
}

/** The same request with other members that have no effect. */
export function withoutEffect(request: Request, random: Random): Request {
  const changed = { ...request };
  for (const [name, values] of Object.entries(WITHOUT_EFFECT)) {
    const roll = random();
    if (roll < 0.15) changed[name] = pick(values, random);
    else if (roll < 0.4) delete changed[name];
  }
  return changed;
}

/** Any JSON value. */
export function madeValue(random: Random, depth: number): unknown {
  const roll = random();
  if (depth === 0 || roll < 0.5) {
    if (roll < 0.2) return madeText(random);
    if (roll < 0.35) return random() < 0.6 ? pick(NUMBERS, random) : (random() - 0.5) * 10 ** Math.floor(random() * 20);
    return pick([true, false, null], random);
  }
  const length = Math.floor(random() * 4);
  if (roll < 0.7) return Array.from({ length }, () => madeValue(random, depth - 1));
  const value: Record<string, unknown> = {};
  for (let at = 0; at < length; at += 1) value[madeName(random)] = madeValue(random, depth - 1);
  return value;
}

export function madeText(random: Random): string {
  let text = '';
  for (let words = Math.floor(random() * 5); words >= 0; words -= 1) text += pick(WORDS, random);
  return text;
}

export function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T;
}

function madeContent(random: Random): unknown {
  if (random() < 0.7) return madeText(random);
  return [
    { type: 'text', text: madeText(random) },
    { type: 'image_url', image_url: { url: `data:image/png;base64,${madeText(random)}`, detail: 'low' } },
  ];
}

function madeName(random: Random): string {
  return pick(['a', 'b', 'type', 'user', 'stream', 'metadata', 'store', '0', '10', 'é', '', 'toString', 'z'], random);
}
