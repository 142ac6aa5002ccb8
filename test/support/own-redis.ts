import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createClient } from 'redis';
import { eventually } from './eventually';
import { freePort } from './free-port';

/** A Redis for one test, which may freeze it without affecting other tests. */
export class OwnRedis {
  private constructor(
    private server: ChildProcess,
    private readonly args: string[],
    readonly port: number,
  ) {}

  /** @param settings such as `--maxmemory 10mb` */
  static async start(settings: string[] = [], given?: number): Promise<OwnRedis> {
    const port = given ?? (await freePort());
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...settings];
    const redis = new OwnRedis(spawnServer(args), args, port);
    await redis.untilReady();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Stops the process: Redis accepts connections and commands, and does not respond. */
  freeze(): void {
    this.server.kill('SIGSTOP');
  }

  thaw(): void {
    this.server.kill('SIGCONT');
  }

  /** Ends it with SIGKILL. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts it on the same port, empty. */
  async startAgain(): Promise<void> {
    this.server = spawnServer(this.args);
    await this.untilReady();
  }

  /** Runs one command on a new connection. */
  async command<T = unknown>(...args: string[]): Promise<T> {
    const client = createClient({ url: this.url, socket: { reconnectStrategy: false } }).on('error', () => undefined);
    await client.connect();
    return client.sendCommand<T>(args).finally(() => client.disconnect());
  }

  async stop(): Promise<void> {
    this.thaw();
    await this.end('SIGTERM');
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.server.exitCode !== null || this.server.signalCode !== null) return;
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.kill(signal);
    await ended;
  }

  private async untilReady(): Promise<void> {
    await eventually(() => this.command('PING').catch(() => undefined));
  }
}

function spawnServer(args: string[]): ChildProcess {
  return spawn('redis-server', args, { stdio: 'ignore', cwd: tmpdir() });
}
