import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { toGatewayError } from '../../common/gateway-error.filter';
import type { Made } from '../../idempotency/idempotency.service';
import type { Reply } from '../../idempotency/shared-reply';
import type { ChatAnswer, JsonAnswer, StreamAnswer } from '../chat-call';
import { errorEvent } from './stream-events';

const OK = 200;
/** Up to this length a copy costs less than a second piece on the way to the socket. */
const SHORT_BYTES = 32 * 1024;
const JSON_TYPE = 'application/json; charset=utf-8';
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  connection: 'keep-alive',
  'x-accel-buffering': 'no',
};

/** Writes an answer to the caller. A stream goes out at the caller's pace: nothing more is read while its socket is full. */
export async function sendAnswer(reply: FastifyReply, answer: ChatAnswer): Promise<void> {
  reply.hijack();
  if (answer.kind === 'json') writeJson(reply, answer);
  else await writeStream(reply, answer);
}

/**
 * Writes a whole answer past Fastify, which has nothing to do for it. A short one goes out as a text of its bytes, which is
 * one piece with the headers; Latin-1 makes the same bytes of it again, whatever they are.
 */
function writeJson(reply: FastifyReply, { headers, body }: JsonAnswer): void {
  const { raw } = reply;
  raw.writeHead(OK, {
    ...(reply.getHeaders() as OutgoingHttpHeaders),
    ...headers,
    'content-type': JSON_TYPE,
    'content-length': body.length,
  });
  if (body.length <= SHORT_BYTES) raw.end(body.toString('latin1'), 'latin1');
  else raw.end(body);
}

/** Writes an answer that is there for all who sent the same call. */
export async function sendReply(reply: FastifyReply, { status, headers, body }: Reply): Promise<void> {
  if (headers['content-type'] === STREAM_HEADERS['content-type']) {
    reply.hijack();
    return writeStream(reply, { kind: 'stream', headers, first: '', rest: body });
  }
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  void reply.status(status).headers(headers).send(Buffer.concat(pieces));
}

/** An answer as it is kept. */
export function toMade(answer: ChatAnswer): Made {
  const type = answer.kind === 'json' ? JSON_TYPE : STREAM_HEADERS['content-type'];
  const body = answer.kind === 'json' ? [answer.body] : withFirst(answer);
  return { status: OK, headers: { ...answer.headers, 'content-type': type }, body: piecesOf(body) };
}

/** A stream that breaks says so in its last event, which is kept with it. */
async function* withFirst({ first, rest }: StreamAnswer): AsyncGenerator<string | Buffer, void, undefined> {
  try {
    yield first;
    yield* rest;
  } catch (error) {
    yield errorEvent(toGatewayError(error));
  } finally {
    await rest.return();
  }
}

async function* piecesOf(
  pieces: Iterable<string | Buffer> | AsyncIterable<string | Buffer>,
): AsyncGenerator<string | Buffer, void, undefined> {
  yield* pieces;
}

async function writeStream(reply: FastifyReply, { headers, first, rest }: StreamAnswer): Promise<void> {
  const { raw } = reply;
  try {
    raw.writeHead(OK, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers, ...STREAM_HEADERS });
    if (first !== '') await write(raw, first);
    for await (const text of rest) await write(raw, text);
  } catch (error) {
    if (!raw.destroyed) raw.write(errorEvent(toGatewayError(error)));
  } finally {
    await rest.return();
    raw.end();
  }
}

async function write(raw: FastifyReply['raw'], text: string | Buffer): Promise<void> {
  if (raw.destroyed) throw new Error('the client has left');
  if (raw.write(text)) return;
  const left = new AbortController();
  const leave = () => left.abort();
  raw.once('close', leave);
  await once(raw, 'drain', { signal: left.signal }).finally(() => raw.off('close', leave));
}
