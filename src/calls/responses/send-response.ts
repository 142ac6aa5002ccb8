import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { Renderer } from '@thriftgate/providers';
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

/** Writes a response to the client. A stream goes out at the client's pace: nothing more is read while its socket is full. */
export async function sendResponse(reply: FastifyReply, response: CallResponse, render: Renderer): Promise<void> {
  reply.headers(response.headers);
  if (response.kind === 'stream') return writeStream(reply, response.first, response.rest, render);
  void reply.header('content-type', JSON_TYPE).send(response.body);
}

/** Writes a response that every repeat of the same call gets. */
export async function sendReply(
  reply: FastifyReply,
  { status, headers, body }: Reply,
  render: Renderer,
): Promise<void> {
  if (headers['content-type'] === STREAM_TYPE) return writeStream(reply.headers(headers), '', body, render);
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  void reply.status(status).headers(headers).send(Buffer.concat(pieces));
}

/** A response as it is stored for repeats of the same call. */
export function toProducedResponse(response: CallResponse, render: Renderer): ProducedResponse {
  if (response.kind === 'json') {
    const headers = { ...response.headers, 'content-type': JSON_TYPE };
    return { status: OK, headers, body: piecesOf([response.body]) };
  }
  const headers = { ...response.headers, 'content-type': STREAM_TYPE };
  return { status: OK, headers, body: textsOf(response, render) };
}

/** A stream that breaks says so in its last event, which is stored with it. */
async function* textsOf({ first, rest }: StreamResponse, render: Renderer): AsyncGenerator<string, void, undefined> {
  try {
    yield first;
    let step = await rest.next();
    for (; !step.done; step = await rest.next()) yield step.value;
    if (step.value) yield step.value;
  } catch (error) {
    yield errorEvent(error, render);
  } finally {
    await rest.return();
  }
}

async function* piecesOf(pieces: Iterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  yield* pieces;
}

type Pieces = TextStream | Pick<AsyncGenerator<Buffer, void, undefined>, 'next' | 'return'>;

async function writeStream(reply: FastifyReply, first: string, rest: Pieces, render: Renderer): Promise<void> {
  const { raw } = reply.headers(STREAM_HEADERS).hijack();
  let last: string | void = undefined;
  try {
    raw.writeHead(OK, reply.getHeaders() as OutgoingHttpHeaders);
    if (first !== '') await write(raw, first);
    let step = await rest.next();
    for (; !step.done; step = await rest.next()) await write(raw, step.value);
    last = step.value;
  } catch (error) {
    last = errorEvent(error, render);
  } finally {
    await rest.return();
    if (last) raw.end(last);
    else raw.end();
  }
}

async function write(raw: FastifyReply['raw'], piece: string | Buffer): Promise<void> {
  if (raw.destroyed) throw new Error('the client has disconnected');
  if (raw.write(piece)) return;
  const closed = new AbortController();
  const close = () => closed.abort();
  raw.once('close', close);
  await once(raw, 'drain', { signal: closed.signal }).finally(() => raw.off('close', close));
}

function errorEvent(error: unknown, render: Renderer): string {
  return render.error(toGatewayError(error).toBody().error);
}
