import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { type Renderer, sseComment } from '@thriftgate/providers';
import type { Revocation } from '../../common/revocation';
import { toGatewayError } from '../../common/to-gateway-error';
import type { ProducedResponse } from '../../idempotency/idempotency.service';
import type { Reply } from '../../idempotency/shared-reply';
import type { CallResponse, StreamResponse, TextStream } from '../call';

const OK = 200;
const JSON_TYPE = 'application/json; charset=utf-8';
const STREAM_TYPE = 'text/event-stream; charset=utf-8';
const STREAM_HEADERS = {
  'content-type': STREAM_TYPE,
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

/** A stream whose first text takes longer begins without it. */
const FIRST_SIGN_MS = 10_000;
/** A client that takes nothing of its stream for so long is disconnected. */
const MAX_STALL_MS = 45_000;

/** Where a response goes. */
export interface Output {
  reply: FastifyReply;
  render: Renderer;
  /** Of the caller's key: a stream ends with it. */
  revocation: Revocation | undefined;
}

/** Writes a response to the client. A stream goes out at the client's pace: nothing more is read while its socket is full. */
export async function sendResponse(output: Output, response: CallResponse): Promise<void> {
  const reply = output.reply.headers(response.headers);
  if (response.kind === 'stream') return writeStream(output, response.first, response.rest);
  void reply.header('content-type', JSON_TYPE).send(response.body);
}

/**
 * Writes the response to a request for a stream, which may begin before it is there.
 *
 * @param known the headers that are known while the response is not
 * @throws GatewayError before anything was sent
 */
export function sendStream(
  output: Output,
  pending: Promise<CallResponse>,
  known: () => Record<string, string>,
): Promise<void> {
  return sendInTime(output, pending, {
    known,
    now: (response) => sendResponse(output, response),
    later: async (raw, response) => {
      if (response.kind === 'stream') await writeTexts(raw, response.first, response.rest, output.render);
      else end(raw);
    },
  });
}

/**
 * Writes a stream that every repeat of the same call gets; it may begin before that is there.
 *
 * @throws GatewayError before anything was sent
 */
export function sendStreamReply(
  output: Output,
  pending: Promise<Reply>,
  known: () => Record<string, string>,
): Promise<void> {
  return sendInTime(output, pending, {
    known,
    now: (reply) => sendReply(output, reply),
    later: async (raw, { headers, body }) => {
      if (headers['content-type'] === STREAM_TYPE) await writeTexts(raw, '', body, output.render);
      // An error that another process has kept.
      else end(raw, `event: error\ndata: ${String(await wholeOf(body))}\n\n`);
    },
  });
}

/**
 * If the upstream thinks for long, a stream begins without its answer: its headers and a comment from time to time keep proxies
 * and clients from giving up. An error then comes as the stream's last event.
 */
async function sendInTime<Answer>(
  output: Output,
  pending: Promise<Answer>,
  {
    known,
    now,
    later,
  }: {
    known: () => Record<string, string>;
    now: (answer: Answer) => Promise<void>;
    later: (raw: Raw, answer: Answer) => Promise<void>;
  },
): Promise<void> {
  if (!(await takesLonger(pending, FIRST_SIGN_MS))) return now(await pending);
  output.reply.headers(known());
  await begin(output, async (raw) => {
    const sign = () => void (raw.writableEnded || raw.write(sseComment(' waiting for the provider')));
    sign();
    const signs = setInterval(sign, FIRST_SIGN_MS);
    let answer: Answer;
    try {
      answer = await pending;
    } catch (error) {
      return end(raw, errorEvent(error, output.render));
    } finally {
      clearInterval(signs);
    }
    await later(raw, answer);
  });
}

/** Whether a promise is settled only after so many milliseconds. */
function takesLonger(pending: Promise<unknown>, ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), ms);
    const settled = () => {
      clearTimeout(timer);
      resolve(false);
    };
    pending.then(settled, settled);
  });
}

/** Writes a response that every repeat of the same call gets. */
export async function sendReply(output: Output, { status, headers, body }: Reply): Promise<void> {
  const { reply } = output;
  if (headers['content-type'] === STREAM_TYPE) {
    reply.headers(headers);
    return writeStream(output, '', body);
  }
  void reply
    .status(status)
    .headers(headers)
    .send(await wholeOf(body));
}

async function wholeOf(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A response as it is stored for repeats of the same call. */
export function toProducedResponse(
  response: CallResponse,
  render: Renderer,
  revocation: Revocation | undefined,
): ProducedResponse {
  if (response.kind === 'json') {
    const headers = { ...response.headers, 'content-type': JSON_TYPE };
    return { status: OK, headers, body: piecesOf([response.body]) };
  }
  const headers = { ...response.headers, 'content-type': STREAM_TYPE };
  return { status: OK, headers, body: textsOf(response, render, revocation) };
}

/** A stream that breaks says so in its last event, which is stored with it. */
async function* textsOf(
  { first, rest }: StreamResponse,
  render: Renderer,
  revocation: Revocation | undefined,
): AsyncGenerator<string, void, undefined> {
  try {
    yield first;
    let step = await rest.next();
    for (; !step.done; step = await rest.next()) yield step.value;
    if (step.value) yield step.value;
    else if (revocation?.aborted) yield errorEvent(revocation.error(), render);
  } catch (error) {
    yield errorEvent(error, render);
  } finally {
    await rest.return();
  }
}

async function* piecesOf(pieces: Iterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield* pieces;
}

type Raw = FastifyReply['raw'];
type Pieces = TextStream | Pick<AsyncGenerator<Buffer, void, undefined>, 'next' | 'return'>;

function writeStream(output: Output, first: string, rest: Pieces): Promise<void> {
  return begin(output, (raw) => writeTexts(raw, first, rest, output.render));
}

/** Begins a stream. It ends at once with an error when its key is revoked, whatever it waits for. */
async function begin({ reply, render, revocation }: Output, writeAll: (raw: Raw) => Promise<void>): Promise<void> {
  const { raw } = reply.headers(STREAM_HEADERS).hijack();
  raw.writeHead(OK, reply.getHeaders() as OutgoingHttpHeaders);
  const stop = () => end(raw, revocation && errorEvent(revocation.error(), render));
  revocation?.addEventListener('abort', stop);
  if (revocation?.aborted) stop();
  try {
    await writeAll(raw);
  } finally {
    revocation?.removeEventListener('abort', stop);
  }
}

async function writeTexts(raw: Raw, first: string, rest: Pieces, render: Renderer): Promise<void> {
  let last: string | void = undefined;
  try {
    if (first !== '') await write(raw, first);
    let step = await rest.next();
    for (; !step.done; step = await rest.next()) await write(raw, step.value);
    last = step.value;
  } catch (error) {
    last = errorEvent(error, render);
  } finally {
    await rest.return();
    end(raw, last);
  }
}

function end(raw: Raw, last?: string | void): void {
  if (raw.writableEnded) return;
  if (last) raw.end(last);
  else raw.end();
}

async function write(raw: Raw, piece: string | Buffer): Promise<void> {
  if (raw.destroyed || raw.writableEnded) throw new Error('the client has disconnected, or its key was revoked');
  if (raw.write(piece)) return;
  const closed = new AbortController();
  const close = () => closed.abort();
  raw.once('close', close);
  // A client that reads nothing would hold a slot of the deployment and money of its budgets.
  const stalled = setTimeout(() => raw.destroy(), MAX_STALL_MS).unref();
  try {
    await once(raw, 'drain', { signal: closed.signal });
  } finally {
    clearTimeout(stalled);
    raw.off('close', close);
  }
}

function errorEvent(error: unknown, render: Renderer): string {
  return render.error(toGatewayError(error).toApiError());
}
