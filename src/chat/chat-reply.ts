import { once } from 'node:events';
import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply } from 'fastify';
import { toGatewayError } from '../common/gateway-error.filter';
import type { ChatAnswer, StreamAnswer } from './chat-call';
import { errorEvent } from './stream-events';

const OK = 200;
const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  connection: 'keep-alive',
  'x-accel-buffering': 'no',
};

/** Writes an answer to the caller. A stream goes out at the caller's pace: nothing more is read while its socket is full. */
export async function sendAnswer(reply: FastifyReply, answer: ChatAnswer): Promise<void> {
  if (answer.kind === 'json') {
    void reply.headers(answer.headers).type('application/json; charset=utf-8').send(answer.body);
    return;
  }
  reply.hijack();
  await writeStream(reply, answer);
}

async function writeStream(reply: FastifyReply, { headers, first, rest }: StreamAnswer): Promise<void> {
  const { raw } = reply;
  try {
    raw.writeHead(OK, { ...(reply.getHeaders() as OutgoingHttpHeaders), ...headers, ...STREAM_HEADERS });
    await write(raw, first);
    for await (const text of rest) await write(raw, text);
  } catch (error) {
    if (!raw.destroyed) raw.write(errorEvent(toGatewayError(error)));
  } finally {
    await rest.return();
    raw.end();
  }
}

async function write(raw: FastifyReply['raw'], text: string): Promise<void> {
  if (raw.destroyed) throw new Error('the client has left');
  if (raw.write(text)) return;
  const left = new AbortController();
  const leave = () => left.abort();
  raw.once('close', leave);
  await once(raw, 'drain', { signal: left.signal }).finally(() => raw.off('close', leave));
}
