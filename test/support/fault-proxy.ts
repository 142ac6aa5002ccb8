import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from './free-port';

/** How the proxy damages the responses of the server. */
export type Fault = 'none' | 'drip' | 'reset' | 'garbage';

/** The delay of each chunk of a response. */
const DRIP_MS = 200;
/** Bytes that are not a reply of Redis, or not the expected one. */
const GARBAGE = [
  '+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n+OK\r\n',
  '\u0000\u0001\u0002 no reply at all',
  '*-5\r\n',
  '*99999999999\r\n',
  '$-7\r\n$-7\r\n',
  '$99999999\r\nnever ends',
  ':12x\r\n',
  '*2\r\n$3\r\nfoo\r\n',
  'HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n',
  '-\r\n-ERR\r\n-MOVED\r\n-ERR x\r\n',
];

/** A proxy that damages the responses of a server. */
export class FaultProxy {
  fault: Fault = 'none';
  private answers = 0;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Starts a proxy to a port of this machine. */
  static async to(target: number): Promise<FaultProxy> {
    const port = await freePort();
    const server = createServer((inner) => proxy.join(inner, target));
    const proxy = new FaultProxy(server, port);
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
    return proxy;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private join(inner: Socket, target: number): void {
    const outer = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    inner.pipe(outer);
    outer.on('data', (answer: Buffer) => this.answer(inner, answer));
  }

  private answer(inner: Socket, answer: Buffer): void {
    this.answers += 1;
    switch (this.fault) {
      case 'none':
        return void inner.write(answer);
      case 'drip':
        return void setTimeout(() => inner.write(answer), DRIP_MS);
      case 'reset':
        // The start looks like a valid response; the end is invalid in every protocol.
        inner.write(answer.subarray(0, Math.ceil(answer.length / 2)), () => inner.resetAndDestroy());
        return;
      case 'garbage':
        return void inner.write(GARBAGE[this.answers % GARBAGE.length] ?? '');
    }
  }
}
