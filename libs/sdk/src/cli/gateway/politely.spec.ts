import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ThriftgateError } from '../../thriftgate-error';
import { UsageError } from '../terminal/exit-codes';
import { MESSAGES } from '../text/language';
import { politely } from './politely';
import { publishFile } from './published-file';
import { settingsOf } from './settings';

const never = new AbortController().signal;
const failure = (status: number, retryAfterSeconds: number | null = null) =>
  new ThriftgateError('', { status, code: null, type: null, param: null, requestId: null, retryAfterSeconds });

/** A call that fails with these errors first. */
const failing = (...errors: Error[]) =>
  jest.fn(async () => {
    const error = errors.shift();
    if (error) throw error;
    return 'done';
  });

describe('politely', () => {
  it('repeats after failures that pass, and waits as long as the gateway asks', async () => {
    const call = failing(new TypeError('fetch failed'), failure(503, 1));
    const pauses: number[] = [];
    expect(await politely(call, never, 3, (_, seconds) => pauses.push(seconds))).toBe('done');
    expect(call).toHaveBeenCalledTimes(3);
    expect(pauses[1]).toBe(1);
  });

  it.each([failure(401), failure(400), failure(500), failure(429, 3_600), new Error('else')])(
    'does not repeat after %o',
    async (error) => {
      const call = failing(error);
      await expect(politely(call, never)).rejects.toBe(error);
      expect(call).toHaveBeenCalledTimes(1);
    },
  );

  it('gives up after so many attempts', async () => {
    const call = failing(...Array.from({ length: 5 }, () => failure(502)));
    await expect(politely(call, never, 2)).rejects.toMatchObject({ status: 502 });
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('ends a pause at Ctrl-C', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped');
    const waiting = politely(failing(failure(503, 60)), stop.signal, 2, () => stop.abort(reason));
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('publishFile', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cli-publish-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('replaces a file by a whole one', async () => {
    const path = join(folder, 'out.jsonl');
    writeFileSync(path, 'old');
    const pieces = async function* () {
      yield 'new';
      expect(readFileSync(path, 'utf8')).toBe('old');
      yield Buffer.from(' text');
    };
    await publishFile(path, pieces(), never);
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['new text', ['out.jsonl']]);
  });

  it('leaves the old file and no draft where the content breaks off', async () => {
    const path = join(folder, 'out.jsonl');
    writeFileSync(path, 'old');
    const pieces = async function* () {
      yield 'new';
      throw new Error('broken');
    };
    await expect(publishFile(path, pieces(), never)).rejects.toThrow('broken');
    expect([readFileSync(path, 'utf8'), readdirSync(folder)]).toEqual(['old', ['out.jsonl']]);
  });
});

describe('settingsOf', () => {
  const read = (options: object, env: NodeJS.ProcessEnv) => settingsOf(options, env, MESSAGES.en);

  it('takes options, own variables and OpenAI’s, in this order', () => {
    const openAi = { OPENAI_API_KEY: 'c', OPENAI_BASE_URL: 'http://c/v1/' };
    const own = { THRIFTGATE_API_KEY: 'b', THRIFTGATE_BASE_URL: 'http://b', ...openAi };
    expect(read({ apiKey: 'a', baseUrl: 'http://a' }, own)).toEqual({ apiKey: 'a', baseUrl: 'http://a' });
    expect(read({}, own)).toEqual({ apiKey: 'b', baseUrl: 'http://b' });
    expect(read({}, openAi)).toEqual({ apiKey: 'c', baseUrl: 'http://c' });
    expect(read({}, { THRIFTGATE_API_KEY: 'b', OPENAI_BASE_URL: ' ' })).toEqual({
      apiKey: 'b',
      baseUrl: 'http://127.0.0.1:3000',
    });
  });

  it('refuses an address that is none, and no key', () => {
    expect(() => read({ apiKey: 'a', baseUrl: 'localhost:3000' }, {})).toThrow(UsageError);
    expect(() => read({}, { THRIFTGATE_API_KEY: '' })).toThrow(MESSAGES.en.usage.noKey);
  });
});
