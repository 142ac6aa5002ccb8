import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers a request whose path is `path`, without what stands before the vendor's own paths. */
export type Serve = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;

/** A port of this machine on which something answers requests. */
export class Listener {
  private constructor(private readonly server: Server) {}

  /** @param port a free one by default */
  static async start(serve: Serve, port = 0): Promise<Listener> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.on('request', (request, response) => {
      serve(request, response, request.url ?? '/').catch((error: unknown) => {
        process.stderr.write(`vendors: ${error instanceof Error ? error.stack : String(error)}\n`);
        response.destroy();
      });
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    return new Listener(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Closes the port and breaks off running calls. */
  async stop(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }
}

/** The whole body of a request; undefined if the client disconnected before its end. */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks);
}
