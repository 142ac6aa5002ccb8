/**
 * A load generator over raw sockets; prints one line of JSON. Closed loop: `--connections` calls always run,
 * for `--seconds` after `--warmup`, or until `--count` calls are done. Open loop: `--rate` calls per second, each at its time.
 *
 * `node bench/load.mjs --url http://127.0.0.1:3000 [--key k] [--prompt unique|same|<number of prompts in rotation>] [--stream]
 *   [--endpoint chat|messages|responses|embeddings] [--model gpt-4.1] [--path <of the endpoint>]
 *   [--connections 64] [--seconds 10] [--warmup 3] [--count n | --rate n]`
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';
import { WireReader } from './http-wire.mjs';
import { requestOf } from './vendors/requests.mjs';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    key: { type: 'string', default: 'bench' },
    prompt: { type: 'string', default: 'unique' },
    stream: { type: 'boolean', default: false },
    endpoint: { type: 'string', default: 'chat' },
    model: { type: 'string', default: 'gpt-4.1' },
    path: { type: 'string' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '10' },
    warmup: { type: 'string', default: '3' },
    count: { type: 'string' },
    rate: { type: 'string' },
  },
});
const { hostname, port } = new URL(values.url);
const warmupMs = Number(values.warmup) * 1000;
const seconds = Number(values.seconds);

/** The request as bytes, with a number in the prompt that is overwritten for each unique call. */
const NUMBER = '000000000000';
const ticket = `${values.prompt === 'unique' ? randomBytes(6).toString('hex') : 'same'}-${NUMBER}`;
const { path, body } = requestOf(values.endpoint, { ...values, ticket });
const message = Buffer.from(
  [
    `POST ${values.path ?? path} HTTP/1.1`,
    `host: ${hostname}:${port}`,
    `authorization: Bearer ${values.key}`,
    'content-type: application/json',
    'user-agent: thriftgate-bench',
    `content-length: ${body.length}`,
    '',
    body,
  ].join('\r\n'),
);
const numberAt = message.indexOf(NUMBER);
let lastNumber = 0;

function nextMessage() {
  if (values.prompt === 'same') return message;
  lastNumber = values.prompt === 'unique' ? lastNumber + 1 : (lastNumber + 1) % Number(values.prompt);
  const bytes = Buffer.from(message);
  bytes.latin1Write(String(lastNumber).padStart(NUMBER.length, '0'), numberAt);
  return bytes;
}

const statuses = {};
const cacheStatuses = {};
let latenciesMs = [];
let firstBytesMs = [];
let measuring = false;

/** One keep-alive connection with at most one running call. */
class Connection {
  #socket = connect({ host: hostname, port: Number(port), noDelay: true });
  #sentAt = 0;
  #firstByteAt = 0;
  #done;

  constructor() {
    const reader = new WireReader({
      onHead: (head) => {
        this.#firstByteAt = 0;
        if (!measuring) return;
        count(statuses, head.slice(9, 12));
        count(cacheStatuses, /\r\nx-cache-status: *(\w+)/i.exec(head)?.[1] ?? 'none');
      },
      onBody: () => {
        if (this.#firstByteAt === 0) this.#firstByteAt = performance.now();
      },
      onEnd: () => this.#finish(),
    });
    this.#socket.on('data', (chunk) => reader.push(chunk));
    this.#socket.on('error', fail).on('close', () => fail(new Error('the server closed a connection')));
  }

  send(done) {
    this.#done = done;
    this.#sentAt = performance.now();
    this.#socket.write(nextMessage());
  }

  #finish() {
    if (measuring) {
      latenciesMs.push(performance.now() - this.#sentAt);
      firstBytesMs.push(this.#firstByteAt - this.#sentAt);
    }
    this.#done();
  }
}

function count(counts, name) {
  counts[name] = (counts[name] ?? 0) + 1;
}

function fail(error) {
  process.stderr.write(`load: ${error.message}\n`);
  process.exit(1);
}

function percentiles(samples) {
  const sorted = Float64Array.from(samples).toSorted();
  const at = (share) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(3));
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
}

function finish(startedAt) {
  const elapsedSeconds = (performance.now() - startedAt) / 1000;
  const report = {
    calls: latenciesMs.length,
    seconds: elapsedSeconds,
    rps: latenciesMs.length / elapsedSeconds,
    cpuSeconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    statuses,
    cacheStatuses,
    latencyMs: percentiles(latenciesMs),
    firstByteMs: percentiles(firstBytesMs),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
}

function startMeasuring() {
  latenciesMs = [];
  firstBytesMs = [];
  measuring = true;
  return performance.now();
}

function closedLoop() {
  let startedAt = 0;
  const total = values.count === undefined ? Infinity : Number(values.count);
  let sent = 0;
  for (let at = 0; at < Number(values.connections); at += 1) {
    const connection = new Connection();
    const next = () => {
      if (sent < total) {
        sent += 1;
        connection.send(next);
      } else if (latenciesMs.length === total) {
        finish(startedAt);
      }
    };
    next();
  }
  if (total < Infinity) {
    startedAt = startMeasuring();
    return;
  }
  setTimeout(() => {
    startedAt = startMeasuring();
    setTimeout(() => finish(startedAt), seconds * 1000);
  }, warmupMs);
}

function openLoop(rate) {
  const idle = [];
  const firstAt = performance.now();
  let startedAt = 0;
  let sent = 0;
  const sendNext = () => {
    const now = performance.now();
    if (startedAt === 0 && now - firstAt >= warmupMs) startedAt = startMeasuring();
    if (startedAt > 0 && now - startedAt >= seconds * 1000) return finish(startedAt);
    const connection = idle.pop() ?? new Connection();
    connection.send(() => idle.push(connection));
    sent += 1;
    setTimeout(sendNext, firstAt + (sent * 1000) / rate - performance.now());
  };
  sendNext();
}

if (values.rate === undefined) closedLoop();
else openLoop(Number(values.rate));
