import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A request as it came: its head, and its body as JSON. */
export interface RawCall {
  head: string;
  /** The bytes of its body, as text. */
  raw: string;
  body: any;
}

/** Writes a response on the socket, byte by byte as the test wants it. The socket is closed at the end unless it says otherwise. */
export type RawAnswer = (socket: Socket, call: RawCall) => void | Promise<void>;

/** An upstream that writes raw bytes, one answer for each request, chosen by a word in its last message. */
export class RawUpstream {
  readonly calls: RawCall[] = [];
  readonly answers = new Map<string, RawAnswer>();
  private readonly sockets = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<RawUpstream> {
    const server = createServer();
    const upstream = new RawUpstream(server);
    server.on('connection', (socket) => upstream.serve(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** The calls whose last message contains a text. */
  callsOf(text: string): RawCall[] {
    return this.calls.filter(({ body }) => JSON.stringify(body).includes(text));
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket.on('error', () => socket.destroy()).on('close', () => this.sockets.delete(socket)));
    let received = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = received.subarray(0, end).toString('latin1');
      const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
      if (received.length < end + 4 + length) return;
      const raw = received.subarray(end + 4, end + 4 + length).toString();
      const body = JSON.parse(raw);
      received = received.subarray(end + 4 + length);
      const call = { head, raw, body };
      this.calls.push(call);
      const text = JSON.stringify(body.messages ?? body.input);
      const answer = [...this.answers].find(([word]) => text.includes(word))?.[1];
      if (!answer) throw new Error(`no answer is scripted for ${text}`);
      void answer(socket, call);
    });
  }
}

/** A whole response with a `content-length`. */
export function http(status: string, headers: Record<string, string>, body: string | Buffer = ''): RawAnswer {
  const bytes = Buffer.from(body);
  const all = { 'content-type': 'application/json', ...headers, 'content-length': String(bytes.length) };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return (socket) =>
    void socket.write(Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${head.join('')}\r\n`), bytes]));
}

/** A chunked stream of events, each the JSON of its data; ends cleanly, with `[DONE]` only where the test writes it. */
export function events(...data: (object | string)[]): RawAnswer {
  const chunks = data.map((each) => `data: ${typeof each === 'string' ? each : JSON.stringify(each)}\n\n`);
  const body = chunks.map((text) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`).join('');
  return (socket) =>
    void socket.write(
      `HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n${body}0\r\n\r\n`,
    );
}
