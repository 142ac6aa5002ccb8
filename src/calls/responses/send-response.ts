import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { toGatewayError } from '../../common/to-gateway-error';
import type { ProducedResponse } from '../../idempotency/idempotency.service';
import type { Reply } from '../../idempotency/shared-reply';
import type { CallResponse, StreamResponse } from '../call';
import { errorEvent } from '../stream-events';

const OK = 200;
const JSON_TYPE = 'application/json; charset=utf-8';
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  connection: 'keep-alive',
  'x-accel-buffering': 'no',
};

/** Writes an answer to the caller. A stream goes out at the caller's pace: nothing more is read while its socket is full. */
export async function sendResponse(reply: FastifyReply, answer: CallResponse): Promise<void> {
  reply.headers(answer.headers);
  if (answer.kind === 'stream') return writeStream(reply, answer);
  void reply.header('content-type', JSON_TYPE).send(answer.body);
}

/** Writes an answer that is there for all who sent the same call. */
export async function sendReply(reply: FastifyReply, { status, headers, body }: Reply): Promise<void> {
  if (headers['content-type'] === STREAM_HEADERS['content-type']) {
    return writeStream(reply.headers(headers), { first: '', rest: body });
  }
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  void reply.status(status).headers(headers).send(Buffer.concat(pieces));
}

/** An answer as it is kept. */
export function toProducedResponse(answer: CallResponse): ProducedResponse {
  const type = answer.kind === 'json' ? JSON_TYPE : STREAM_HEADERS['content-type'];
  const body = answer.kind === 'json' ? [answer.body] : withFirst(answer);
  return { status: OK, headers: { ...answer.headers, 'content-type': type }, body: piecesOf(body) };
}

/** A stream that breaks says so in its last event, which is kept with it. */
async function* withFirst({ first, rest }: StreamResponse): AsyncGenerator<string | Buffer, void, undefined> {
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

async function writeStream(
  reply: FastifyReply,
  { first, rest }: Pick<StreamResponse, 'first' | 'rest'>,
): Promise<void> {
  const { raw } = reply.headers(STREAM_HEADERS).hijack();
  try {
    // One header at a time into what Fastify holds: a literal of three spreads is a hidden class of its own each time.
    raw.writeHead(OK, reply.getHeaders() as OutgoingHttpHeaders);
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
