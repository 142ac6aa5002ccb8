import { readdirSync, readlinkSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { eventually } from './eventually';
import type { RunningGateway } from './gateway';

const MEGABYTE = 1024 * 1024;

/** The response to a body. */
interface Answer {
  status: number;
  headers: Record<string, unknown>;
  body: any;
}

/** A body of that many megabytes. @param unit comes again and again between head and tail */
export function* bodyOf(
  head: string,
  unit: string,
  tail: string,
  megabytes: number,
): Generator<Buffer, void, undefined> {
  yield Buffer.from(head);
  const piece = Buffer.from(unit.repeat(Math.ceil(MEGABYTE / unit.length)));
  for (let sent = 0; sent < megabytes * MEGABYTE; sent += piece.length) yield piece;
  yield Buffer.from(tail);
}

/** Sends bodies with the lines of batches, and looks at what the gateway keeps of them. */
export class BatchBodies {
  constructor(
    private readonly gateway: RunningGateway,
    private readonly key: string,
  ) {}

  /** Sends a body, piece by piece. */
  async send(
    body: string | Buffer | Iterable<Buffer>,
    { path = '/v1/batches', key = this.key, headers = {} as Record<string, string | number> } = {},
  ): Promise<Answer> {
    const call = request(this.gateway.url + path, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
    });
    const answer = new Promise<Answer>((resolve, reject) => {
      call.once('error', reject).once('response', (response) => {
        const read: Buffer[] = [];
        response
          .on('data', (piece: Buffer) => read.push(piece))
          .once('end', () => {
            const { statusCode: status = 0, headers: received } = response;
            resolve({ status, headers: received, body: JSON.parse(Buffer.concat(read).toString() || 'null') });
          });
      });
    });
    const pieces = typeof body === 'string' || Buffer.isBuffer(body) ? [Buffer.from(body)] : body;
    await Promise.race([pipeline(Readable.from(pieces), call), answer]);
    return answer;
  }

  /** Sends the beginning of a body of that length, on a connection of its own. */
  begin(body: Buffer, length: number, key = this.key): Socket {
    const { port, hostname } = new URL(this.gateway.url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write(
      `POST /v1/batches HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n` +
        `content-type: application/json\r\ncontent-length: ${length}\r\n\r\n`,
    );
    socket.write(body);
    return socket;
  }

  cancel(id: string): Promise<Answer> {
    return this.send('', { path: `/v1/batches/${id}/cancel` });
  }

  /** The files of bodies that the gateway has open. */
  open(): string[] {
    const directory = `/proc/${this.gateway.pid}/fd`;
    return readdirSync(directory).flatMap((descriptor) => {
      try {
        const path = readlinkSync(`${directory}/${descriptor}`);
        return path.includes('/body-') ? [path] : [];
      } catch {
        return [];
      }
    });
  }

  /** Waits until so many are open. */
  async untilOpen(count: number): Promise<void> {
    await eventually(() => this.open().length === count || undefined);
  }
}
