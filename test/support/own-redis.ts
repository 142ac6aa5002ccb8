import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createClient } from 'redis';
import { eventually } from './eventually';
import { freePort } from './free-port';

/** A Redis for one test alone, which may freeze it without others feeling it. */
export class OwnRedis {
  private constructor(
    private readonly server: ChildProcess,
    readonly url: string,
  ) {}

  static async start(): Promise<OwnRedis> {
    const port = await freePort();
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const server = spawn('redis-server', args, { stdio: 'ignore', cwd: tmpdir() });
    const url = `redis://127.0.0.1:${port}`;
    await eventually(async () => {
      const client = createClient({ url, socket: { reconnectStrategy: false } }).on('error', () => undefined);
      return client
        .connect()
        .then(() => client.disconnect())
        .then(() => true)
        .catch(() => undefined);
    });
    return new OwnRedis(server, url);
  }

  /** It takes connections and commands, and answers none. */
  freeze(): void {
    this.server.kill('SIGSTOP');
  }

  thaw(): void {
    this.server.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.thaw();
    this.server.kill('SIGTERM');
    await ended;
  }
}
