import { createServer, request as send, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';

/** A proxy that can keep responses back: the upstream has done its work, and its client does not know. */
export class HoldingProxy {
  private pattern: RegExp | undefined;
  private held: (() => void) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {}

  static async to(target: string): Promise<HoldingProxy> {
    const server = createServer();
    const proxy = new HoldingProxy(server, target);
    server.on('request', (request, response) => proxy.pass(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Keeps the next response back whose method and path match. @returns resolves once it is here */
  hold(pattern: RegExp): Promise<void> {
    this.pattern = pattern;
    return new Promise((resolve) => (this.held = resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(inner: IncomingMessage, reply: ServerResponse): void {
    const { method, url = '/', headers } = inner;
    const outer = send(`${this.target}${url}`, { method, headers: { ...headers, host: new URL(this.target).host } });
    outer.on('error', () => reply.destroy());
    inner.on('error', () => outer.destroy());
    outer.on('response', (response) => {
      if (this.pattern?.test(`${method} ${url}`)) {
        this.pattern = undefined;
        response.resume();
        return this.held?.();
      }
      reply.writeHead(response.statusCode ?? 500, response.headers);
      response.pipe(reply);
    });
    inner.pipe(outer);
  }
}
