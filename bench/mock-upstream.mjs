/**
 * A very fast mock of OpenAI: `node bench/mock-upstream.mjs [--port 0] [--ttft ms] [--gap ms] [--bytes n]`; prints its port.
 * It sends JSON responses of about 600 bytes, or with a text of n bytes, and streams of 20 chunks, each in a separate write.
 */
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { WireReader } from './http-wire.mjs';

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

const MODEL = 'gpt-4.1-2025-04-14';
const FINGERPRINT = 'fp_b3f1157249';
const WORDS = 'The cheapest call is the one that nobody has to make twice for it was already answered'.split(' ');
const LINE = `${WORDS.join(' ')} `;
const TEXT = LINE.repeat(Math.ceil(Number(values.bytes) / LINE.length) || 1).trimEnd();
const USAGE = {
  prompt_tokens: 58,
  completion_tokens: WORDS.length,
  total_tokens: 58 + WORDS.length,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
};

let lastId = 0;
const ID = 'chatcmpl-0000000000000000';

function nextId() {
  lastId += 1;
  return ID.slice(0, -10) + String(lastId).padStart(10, '0');
}

const wholeBody = JSON.stringify({
  id: ID,
  object: 'chat.completion',
  created: Math.floor(Date.now() / 1000),
  model: MODEL,
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: TEXT, refusal: null, annotations: [] },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage: USAGE,
  service_tier: 'default',
  system_fingerprint: FINGERPRINT,
});
const wholeResponse = [
  'HTTP/1.1 200 OK',
  'content-type: application/json',
  `content-length: ${wholeBody.length}`,
  'openai-version: 2020-10-01',
  'connection: keep-alive',
  '',
  wholeBody,
]
  .join('\r\n')
  .split(ID);

function httpChunk(text) {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

function part(delta, finish = null) {
  return [{ index: 0, delta, logprobs: null, finish_reason: finish }];
}

/** The writes of a stream, each as the text before and after its id. */
function streamWrites(withUsage) {
  const event = (choices, usage) => {
    const frame = { id: ID, object: 'chat.completion.chunk', created: Math.floor(Date.now() / 1000), model: MODEL };
    const more = { service_tier: 'default', system_fingerprint: FINGERPRINT, choices };
    return httpChunk(`data: ${JSON.stringify({ ...frame, ...more, ...(withUsage && { usage }) })}\n\n`).split(ID);
  };
  return [
    event(part({ role: 'assistant', content: '', refusal: null }), null),
    ...WORDS.map((word, at) => event(part({ content: at === 0 ? word : ` ${word}` }), null)),
    event(part({}, 'stop'), null),
    ...(withUsage ? [event([], USAGE)] : []),
    [`${httpChunk('data: [DONE]\n\n')}0\r\n\r\n`],
  ];
}

const writesPlain = streamWrites(false);
const writesWithUsage = streamWrites(true);
const STREAM_HEAD = [
  'HTTP/1.1 200 OK',
  'content-type: text/event-stream; charset=utf-8',
  'transfer-encoding: chunked',
  'openai-version: 2020-10-01',
  'connection: keep-alive',
  '\r\n',
].join('\r\n');

let running = [];

/** Without a gap, each stream gets one chunk per turn of the event loop. */
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

function startStream(socket, withUsage) {
  const stream = { socket, writes: withUsage ? writesWithUsage : writesPlain, id: nextId(), at: 0 };
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

function respond(socket, body) {
  if (/"stream"\s*:\s*true/.test(body)) startStream(socket, /"include_usage"\s*:\s*true/.test(body));
  else if (ttftMs > 0) setTimeout(() => socket.write(wholeResponse.join(nextId()), 'latin1'), ttftMs);
  else socket.write(wholeResponse.join(nextId()), 'latin1');
}

const server = createServer({ noDelay: true }, (socket) => {
  let body = '';
  const reader = new WireReader({
    onHead() {
      body = '';
    },
    onBody(bytes) {
      body += bytes.latin1Slice();
    },
    onEnd() {
      respond(socket, body);
    },
  });
  socket.on('data', (chunk) => reader.push(chunk));
  socket.on('error', () => socket.destroy());
});

server.listen(Number(values.port), '127.0.0.1', () => process.stdout.write(`${server.address().port}\n`));
