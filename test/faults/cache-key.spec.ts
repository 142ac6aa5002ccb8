import Fastify from 'fastify';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JsonRecord } from '@thriftgate/providers';
import { parseCacheControls } from '../../src/cache/controls/cache-controls';
import { type RunningGateway, startGateway } from '../support/gateway';
import { everyMember, FULL_REQUEST, otherValues, withMember } from '../support/rewriting/every-member';
import { madeRequest, type Request, WITHOUT_EFFECT, withoutEffect } from '../support/rewriting/made-request';
import { mutated } from '../support/rewriting/mutate';
import { writeJson } from '../support/rewriting/write-json';
import { seeded } from '../support/seeded';

const { SABOTAGE } = process.env;
const SEED = Number(process.env.SEED ?? 1);
const PAIRS = Number(process.env.KEY_PAIRS ?? 4_000);
/** How many of them are also sent to the gateway. */
const OVER_HTTP = 30;
/** Marks for a vendor's prompt cache, which are no part of the key. */
const CACHE_MARK = /(^|\.)(cache_control|prompt_cache_breakpoint)(\.|$)|^prompt_cache_options/;

if (SABOTAGE) require(`./sabotage/${SABOTAGE}.cjs`);
/** The built modules, as the gateway runs them. */
const { chatCompletions, openAi, parseExact } = require(
  resolve(__dirname, '../../dist/libs/providers/src/index.js'),
) as typeof import('@thriftgate/providers');
const { cacheKey } = require(
  resolve(__dirname, '../../dist/src/cache/key/cache-key.js'),
) as typeof import('../../src/cache/key/cache-key');

type Parse = (request: unknown, body: string, done: (error: Error | null, body?: unknown) => void) => void;
/** As Nest creates it for `application/json`. */
const parser = Fastify().getDefaultJsonParser('error', 'error') as Parse;

function parsed(text: string): unknown {
  return parseExact(text, (json) => {
    let body: unknown;
    parser(undefined, json, (error, value) => {
      if (error) throw error;
      body = value;
    });
    return body;
  });
}

/** The whole path of a body: bytes, text, Fastify's parser, validation, cache directives, the key; and the upstream request. */
function keyOf(text: string, place = { scope: 'team_1', generation: 1 }) {
  const { body, request } = chatCompletions.read(parsed(Buffer.from(text).toString('utf8')));
  const { namespace } = parseCacheControls(body, undefined);
  const where = { ...place, model: request.model, endpoint: chatCompletions.path, target: 'openai/gpt-4.1', namespace };
  return { key: cacheKey(where, body, chatCompletions.withoutEffect), upstream: upstreamOf(body) };
}

/** The upstream request, without member order and without members that have no effect. */
function upstreamOf(body: JsonRecord): unknown {
  const call = { body, stream: false, upstreamModel: String(body.model), requestId: '', baseUrl: '' };
  const sent = parseExact(String(openAi.translators['chat.completions']?.toRequest(call).body)) as JsonRecord;
  for (const name of Object.keys(WITHOUT_EFFECT)) delete sent[name];
  return sent;
}

/** C2: a change of the key means a change of the upstream request, and vice versa. */
describe(`the cache key (seed ${SEED})`, () => {
  let gateway: RunningGateway;
  let key: string;
  let teamId: string;

  beforeAll(async () => {
    gateway = await startGateway();
    ({ key, teamId } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  const post = async (text: string | Buffer) => {
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: text,
    });
    return { status: response.status, key: response.headers.get('x-cache-key'), text: await response.text() };
  };
  /** The key in the gateway's response, which must equal the one computed here. */
  const keyOverHttp = async (text: string) => {
    const answer = await post(text);
    const generation = Number(answer.key?.split(':').at(-2));
    if (answer.status === 200) expect(answer.key).toBe(keyOf(text, { scope: teamId, generation }).key);
    return answer.key;
  };

  const members = everyMember();

  it(`changes with each of ${members.length} members that is changed or removed`, async () => {
    expect(members.length).toBeGreaterThanOrEqual(80);
    const whole = keyOf(JSON.stringify(FULL_REQUEST)).key;
    const same: string[] = [];
    const keys = new Map<string, string>([[whole, 'as it is']]);
    for (const { path, value } of members) {
      if (/^(model|messages|messages\.\d|messages\.\d\.role)$/.test(path)) continue;
      for (const other of [undefined, ...otherValues(value)]) {
        if (isDeepStrictEqual(other, value)) continue;
        const what = `${path} = ${JSON.stringify(other)}`;
        const changedKey = keyOf(JSON.stringify(withMember(path, other))).key;
        if (CACHE_MARK.test(path)) {
          expect([what, changedKey]).toEqual([what, whole]);
          continue;
        }
        const before = keys.get(changedKey);
        // Two changes may lead to the same request, for example the removal of the only entry of an array.
        if (changedKey === whole) same.push(what);
        else if (before !== undefined && !isDeepStrictEqual(before, JSON.stringify(withMember(path, other))))
          same.push(what);
        keys.set(changedKey, JSON.stringify(withMember(path, other)));
      }
    }
    expect(same).toEqual([]);
    for (const at of [0, 1, 2, 3, 4]) {
      const messages = FULL_REQUEST.messages.filter((_, index) => index !== at);
      expect(keyOf(JSON.stringify({ ...FULL_REQUEST, messages })).key).not.toBe(whole);
    }
    // The model takes no sound, so the gateway refuses it.
    const served = {
      ...FULL_REQUEST,
      messages: FULL_REQUEST.messages.map(({ content, ...rest }) => ({ ...rest, content: withoutSound(content) })),
    };
    const overHttp = new Set([await keyOverHttp(JSON.stringify(served))]);
    const topMembers = Object.entries(FULL_REQUEST).filter(
      ([name]) => name !== 'model' && name !== 'messages' && !CACHE_MARK.test(name),
    );
    for (const [name, value] of topMembers)
      overHttp.add(await keyOverHttp(JSON.stringify({ ...served, [name]: otherValues(value)[0] })));
    expect(overHttp.size).toBe(topMembers.length + 1);
  });

  /** A request, the same in another form, and some that differ from it in one place. */
  const madePairs = (random: () => number) => {
    let request = madeRequest(random);
    while (!isRequest(request)) request = madeRequest(random);
    const written = (one: Request) => writeJson(withoutEffect(one, random), random);
    const others = Array.from({ length: 3 }, () => mutated(request, random)).filter(isRequest);
    return { text: writeJson(request, random), rewritten: written(request), others: others.map(written) };
  };

  it(
    `has no false hit and no false miss in ${PAIRS} pairs`,
    () => {
      const random = seeded(SEED);
      const counts = { same: 0, other: 0, falseHits: 0, falseMisses: 0 };
      const wrong: string[][] = [];
      while (counts.same + counts.other < PAIRS) {
        const { text, rewritten, others } = madePairs(random);
        const one = keyOf(text);
        for (const otherText of [rewritten, ...others]) {
          const other = keyOf(otherText);
          const equal = isDeepStrictEqual(one.upstream, other.upstream);
          if (!equal && otherText === rewritten) throw new Error(`no rewriting: ${text} ${rewritten}`);
          counts[equal ? 'same' : 'other'] += 1;
          if (equal === (one.key === other.key)) continue;
          counts[equal ? 'falseMisses' : 'falseHits'] += 1;
          if (wrong.length < 3) wrong.push([text, otherText]);
        }
      }
      process.stderr.write(`pairs of requests: ${JSON.stringify(counts)}\n`);
      expect(wrong).toEqual([]);
      expect(counts).toMatchObject({ falseHits: 0, falseMisses: 0 });
      expect(Math.min(counts.same, counts.other)).toBeGreaterThan(PAIRS / 5);
    },
    120_000 + PAIRS * 3,
  );

  it('equals the key in the gateway’s response', async () => {
    const random = seeded(SEED + 1);
    let answered = 0;
    for (let made = 0; made < OVER_HTTP; made += 1) {
      const { text, rewritten, others } = madePairs(random);
      for (const each of [text, rewritten, ...others]) if ((await keyOverHttp(each)) !== null) answered += 1;
    }
    expect(answered).toBeGreaterThan(OVER_HTTP);
  });

  const chat = (member: string) => `{"model":"gpt-4.1","messages":[{"role":"user","content":"x"}],${member}}`;

  it.each([
    ['whole numbers beyond 2^53', '"seed":9007199254740993', '"seed":9007199254740992', false],
    ['decimals that are closer than two doubles', '"top_p":0.1', '"top_p":0.1000000000000000055', false],
    ['zeros', '"seed":-0', '"seed":0', true],
    ['a number that no double holds', '"seed":1e400', '"seed":null', false],
    ['the last of two members', '"seed":1,"seed":2', '"seed":2', true],
    ['the first of two members', '"seed":1,"seed":2', '"seed":1', false],
    ['lone surrogates', '"x":"\\ud83d"', '"x":"\\ud83e"', false],
    ['a lone surrogate and its replacement character', '"x":"\\ud83d"', '"x":"\\ufffd"', false],
    ['a surrogate pair as two escapes and as a character', '"x":"\\ud83d\\ude00"', '"x":"😀"', true],
    ['composed and decomposed letters', '"x":"\\u00e9"', '"x":"e\\u0301"', false],
    ['names of object methods', '"constructor":1,"toString":2', '"toString":2,"constructor":1', true],
    ['names that are numbers', '"x":{"2":1,"10":2}', '"x":{"10":2,"2":1}', true],
    ['an empty name', '"":1', '"":2', false],
    ['absent and null', '"x":null', '"y":null', false],
  ])('is equal only if the upstream requests are equal: %s', async (_, one, other, same) => {
    const [a, b] = [keyOf(chat(one)), keyOf(chat(other))];
    expect(isDeepStrictEqual(a.upstream, b.upstream)).toBe(same);
    expect(a.key === b.key).toBe(same);
    expect((await keyOverHttp(chat(one))) === (await keyOverHttp(chat(other)))).toBe(same);
  });

  it.each([
    ['a prototype', Buffer.from(chat('"__proto__":{"seed":1}'))],
    ['an escaped prototype', Buffer.from(chat('"\\u005f_proto__":{"seed":1}'))],
    ['a nested prototype', Buffer.from(chat('"tools":[{"__proto__":{"seed":1}}]'))],
    ['a prototype of a constructor', Buffer.from(chat('"constructor":{"prototype":{"seed":1}}'))],
    ['deeply nested arrays', Buffer.from(chat(`"x":${'['.repeat(100_000)}${']'.repeat(100_000)}`))],
    ['deeply nested objects', Buffer.from(chat(`"x":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`))],
    ['nesting one level above the limit', Buffer.from(chat(`"x":${'['.repeat(256)}${']'.repeat(256)}`))],
    ['a truncated body', Buffer.from(chat('"x":"')).subarray(0, -1)],
    ['an empty body', Buffer.alloc(0)],
  ])('does not exist for %s, which causes a 400', async (_, bytes) => {
    const { status, text } = await post(bytes);
    expect(status).toBe(400);
    expect(JSON.parse(text).error.type).toBe('invalid_request_error');
  });

  it('does not exist for bytes that are not UTF-8, and exists for nesting up to the limit', async () => {
    const broken = Buffer.from(chat('"x":"\u0001"').replace('\u0001', '\u00ff'), 'latin1');
    expect(await post(broken)).toMatchObject({ status: 400, key: null });
    const deep = chat(`"x":${'['.repeat(255)}${']'.repeat(255)}`);
    expect((await post(deep)).status).toBe(200);
  });
});

/** Whether the gateway accepts the request. */
function isRequest(request: Request): boolean {
  try {
    chatCompletions.read(JSON.parse(JSON.stringify(request)));
    return true;
  } catch {
    return false;
  }
}

function withoutSound(content: unknown): unknown {
  return Array.isArray(content)
    ? content.filter((part: unknown) => (part as { type?: string } | null)?.type !== 'input_audio')
    : content;
}
