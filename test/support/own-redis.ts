import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { createClient } from 'redis';
import { eventually } from './eventually';
import { freePort } from './free-port';

/** A Redis for one test alone, which may freeze it without others feeling it. */
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

  /** It takes connections and commands, and answers none. */
  freeze(): void {
    this.server.kill('SIGSTOP');
  }

  thaw(): void {
    this.server.kill('SIGCONT');
  }

  /** Ends it the hard way. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Starts it where it was, on nothing. */
  async startAgain(): Promise<void> {
    this.server = spawnServer(this.args);
    await this.untilReady();
  }

  /** One command, on a connection of its own. */
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
