/**
 * A very fast mock of OpenAI, Anthropic and Gemini: `node bench/mock-upstream.mjs [--port 0] [--ttft ms] [--gap ms] [--bytes n]`;
 * prints its port. It sends JSON responses of about 600 bytes, or with a text of n bytes, and streams of about 20 events, each in a
 * separate write.
 */
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { WireReader } from './http-wire.mjs';
import { answersOf, ID } from './vendors/answers.mjs';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    ttft: { type: 'string', default: '0' },
    gap: { type: 'string', default: '0' },
    bytes: { type: 'string', default: '0' },
  },
});
const ttftMs = Number(values.ttft);
const gapMs = Number(values.gap);
const IS_STREAM = /"stream"\s*:\s*true/;
const WANTS_USAGE = /"include_usage"\s*:\s*true/;

let lastId = 0;

function nextId() {
  lastId += 1;
  // As vendors' ids, without a long number.
  return String(lastId).padStart(ID.length, 'x');
}

function wholeResponse(value) {
  const body = JSON.stringify(value);
  const head = ['HTTP/1.1 200 OK', 'content-type: application/json', `content-length: ${Buffer.byteLength(body)}`];
  return [...head, 'connection: keep-alive', '', body].join('\r\n').split(ID);
}

function httpChunk(text) {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** The writes of a stream, each as the texts around its id. */
function streamWrites(events) {
  const writes = events.map(httpChunk);
  writes.push(`${writes.pop()}0\r\n\r\n`);
  return writes.map((write) => write.split(ID));
}

const apis = answersOf(Number(values.bytes)).map(({ path, json, events }) => ({
  path,
  whole: wholeResponse(json),
  writes: events && streamWrites(events(false)),
  writesWithUsage: events && streamWrites(events(true)),
}));

const STREAM_HEAD = [
  'HTTP/1.1 200 OK',
  'content-type: text/event-stream; charset=utf-8',
  'transfer-encoding: chunked',
  'connection: keep-alive',
  '\r\n',
].join('\r\n');

let running = [];

/** Without a gap, each stream gets one event per turn of the event loop. */
function turn() {
  const next = [];
  for (const stream of running) if (writeNext(stream)) next.push(stream);
  running = next;
  if (running.length > 0) setImmediate(turn);
}

function writeNext(stream) {
  const { socket, writes, id } = stream;
  if (socket.destroyed) return false;
  socket.write(writes[stream.at].join(id), 'latin1');
  stream.at += 1;
  return stream.at < writes.length;
}

function startStream(socket, writes) {
  const stream = { socket, writes, id: nextId(), at: 0 };
  socket.write(STREAM_HEAD, 'latin1');
  if (ttftMs === 0 && gapMs === 0) {
    running.push(stream);
    if (running.length === 1) setImmediate(turn);
    return;
  }
  const step = () => {
    if (writeNext(stream)) setTimeout(step, gapMs);
  };
  setTimeout(step, ttftMs);
}

function respond(socket, target, body) {
  const path = target.split('?', 1)[0];
  const api = apis.find((each) => each.path.test(path));
  if (api === undefined) socket.write('HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n');
  else if (api.writes && (path.endsWith(':streamGenerateContent') || IS_STREAM.test(body)))
    startStream(socket, WANTS_USAGE.test(body) ? api.writesWithUsage : api.writes);
  else if (ttftMs > 0) setTimeout(() => socket.write(api.whole.join(nextId()), 'latin1'), ttftMs);
  else socket.write(api.whole.join(nextId()), 'latin1');
}

const server = createServer({ noDelay: true }, (socket) => {
  let target = '';
  let body = '';
  const reader = new WireReader({
    onHead(head) {
      target = head.split(' ', 2)[1];
      body = '';
    },
    onBody(bytes) {
      body += bytes.latin1Slice();
    },
    onEnd() {
      respond(socket, target, body);
    },
  });
  socket.on('data', (chunk) => reader.push(chunk));
  socket.on('error', () => socket.destroy());
});

server.listen(Number(values.port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
