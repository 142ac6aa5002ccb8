import { PassThrough } from 'node:stream';
import { chatCompletions } from '@thriftgate/providers';
import type { FastifyReply } from 'fastify';
import { GatewayError } from '../../common/errors';
import { Revocation } from '../../common/revocation';
import type { Reply } from '../../idempotency/shared-reply';
import type { CallResponse, StreamResponse, TextStream } from '../call';
import { type Output, sendStream as send, sendStreamReply } from './send-response';

const KNOWN = { 'x-cache-status': 'MISS', 'x-cache-key': 'key' };
const sendStream = (output: Output, pending: Promise<CallResponse>) => send(output, pending, () => KNOWN);

const { render } = chatCompletions;
const WAITING = ': waiting for the provider\n\n';

/** A reply over a socket that takes `highWaterMark` bytes until it is read. */
function aReply(highWaterMark = 16_384) {
  const heads: number[] = [];
  const raw = Object.assign(new PassThrough({ highWaterMark }), { writeHead: (status: number) => heads.push(status) });
  const headers: Record<string, string> = {};
  const reply = {
    raw,
    headers: (more: Record<string, string>) => (Object.assign(headers, more), reply),
    hijack: () => reply,
    getHeaders: () => headers,
  };
  const revocation = new Revocation();
  const output: Output = { reply: reply as unknown as FastifyReply, render, revocation };
  return { raw, heads, headers, output, revocation };
}

/** A stream of texts that is never read beyond its end. */
function aStream(...texts: string[]) {
  const state = { returned: 0 };
  const rest: TextStream = {
    next: async () => {
      const value = texts.shift();
      return value === undefined ? { done: true, value: 'last' } : { done: false, value };
    },
    return: async () => void (state.returned += 1),
  };
  const response: StreamResponse = { kind: 'stream', headers: { 'x-cache-status': 'MISS' }, first: 'first', rest };
  return { response, state };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('the response to a request for a stream', () => {
  it('begins with its first text where that comes soon', async () => {
    const { raw, heads, headers, output } = aReply();
    await sendStream(output, Promise.resolve(aStream('a').response));
    expect([String(raw.read()), heads, headers['x-cache-status']]).toEqual(['firstalast', [200], 'MISS']);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('R02: begins without it after ten seconds, with a comment every ten', async () => {
    const { raw, heads, headers, output } = aReply();
    let arrive: (response: CallResponse) => void = () => undefined;
    const sent = sendStream(output, new Promise((resolve) => (arrive = resolve)));
    await jest.advanceTimersByTimeAsync(9_999);
    expect([raw.read(), heads]).toEqual([null, []]);
    await jest.advanceTimersByTimeAsync(1);
    expect([String(raw.read()), heads]).toEqual([WAITING, [200]]);
    expect(headers).toMatchObject(KNOWN);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(String(raw.read())).toBe(WAITING + WAITING);
    arrive(aStream('a').response);
    await sent;
    expect(String(raw.read())).toBe('firstalast');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('R02: has an error that comes later as its last event', async () => {
    const { raw, output } = aReply();
    let fail: (error: Error) => void = () => undefined;
    const sent = sendStream(output, new Promise((_, reject) => (fail = reject)));
    await jest.advanceTimersByTimeAsync(10_000);
    fail(new GatewayError('upstream_timeout'));
    await sent;
    expect(String(raw.read())).toMatch(
      /^: waiting for the provider\n\ndata: \{"error":\{.*"upstream_timeout".*\}\}\n\n$/,
    );
    expect(raw.writableEnded).toBe(true);
  });

  it.each([
    ['text/event-stream; charset=utf-8', 'data: 1\n\n', 'data: 1\n\n'],
    ['application/json; charset=utf-8', '{"error":{}}', 'event: error\ndata: {"error":{}}\n\n'],
  ])('R02: begins without the answer that repeats share, of type %s', async (type, text, written) => {
    const { raw, heads, headers, output } = aReply();
    let arrive: (reply: Reply) => void = () => undefined;
    const sent = sendStreamReply(output, new Promise((resolve) => (arrive = resolve)), () => KNOWN);
    await jest.advanceTimersByTimeAsync(10_000);
    expect([String(raw.read()), heads]).toEqual([WAITING, [200]]);
    expect(headers).toMatchObject(KNOWN);
    const body = async function* (): Reply['body'] {
      yield Buffer.from(text);
    };
    arrive({ status: 200, headers: { 'content-type': type }, body: body() });
    await sent;
    expect([String(raw.read()), raw.writableEnded]).toEqual([written, true]);
  });

  it('throws an error that comes before anything was sent', async () => {
    const { heads, output } = aReply();
    const failed = Promise.reject(new GatewayError('unavailable'));
    await expect(sendStream(output, failed)).rejects.toThrow(GatewayError);
    expect([heads, jest.getTimerCount()]).toEqual([[], 0]);
  });

  it.each([0, 10_000])('A23: ends with an error when the key is revoked, after %s ms without content', async (ms) => {
    const { raw, output, revocation } = aReply();
    const { response, state } = aStream();
    response.rest.next = () => new Promise((resolve) => (arrive = resolve));
    let arrive: (step: IteratorResult<string, string>) => void = () => undefined;
    const sent = sendStream(output, ms === 0 ? Promise.resolve(response) : new Promise(() => undefined));
    await jest.advanceTimersByTimeAsync(ms);
    revocation.revoke();
    expect(String(raw.read())).toMatch(/(first|provider\n\n)data: \{"error":\{.*revoked.*"invalid_api_key".*\}\}\n\n$/);
    expect(raw.writableEnded).toBe(true);
    if (ms > 0) return;
    arrive({ done: false, value: 'late' });
    await sent;
    expect([state.returned, raw.read()]).toEqual([1, null]);
  });

  it('A4: ends where the client takes nothing for 45 seconds', async () => {
    const { raw, output } = aReply(4);
    const { response, state } = aStream('long text', 'never written');
    const sent = sendStream(output, Promise.resolve(response));
    await jest.advanceTimersByTimeAsync(44_999);
    expect([raw.destroyed, state.returned]).toEqual([false, 0]);
    await jest.advanceTimersByTimeAsync(1);
    await sent;
    expect([raw.destroyed, state.returned, jest.getTimerCount()]).toEqual([true, 1, 0]);
  });

  it('A4: waits for a client that takes something now and then', async () => {
    const { raw, output } = aReply(4);
    const sent = sendStream(output, Promise.resolve(aStream('one text', 'another').response));
    let text = '';
    for (let read = 0; read < 3; read += 1) {
      await jest.advanceTimersByTimeAsync(40_000);
      text += String(raw.read());
      await jest.advanceTimersByTimeAsync(0);
    }
    await sent;
    expect(text + String(raw.read() ?? '')).toBe('firstone textanotherlast');
  });
});
