import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { resolve } from 'node:path';

const PROGRAM = resolve(__dirname, '../../scripts/demo.mjs');
const SMALL = ['--days', '3', '--scale', 'small', '--quiet'];

/** What the demo says when it is ready. */
interface Ready {
  url: string;
  admin_key: string;
  keys: { name: string; role: string; key: string }[];
  directory: string;
}

/** `npm run demo` as a process: a gateway with teams, keys, budgets, batches, alerts and calls of the past days. */
export class DemoGateway {
  private constructor(
    private readonly process: ChildProcess,
    private readonly ready: Ready,
  ) {}

  /**
   * Starts it on a free port, with three days of few calls and none while it runs.
   *
   * @param options of `npm run demo`, in place of these
   * @throws Error with its output if it ends before it is ready
   */
  static async start(options: readonly string[] = SMALL): Promise<DemoGateway> {
    const child = spawn(process.execPath, [PROGRAM, '--json', '--port', '0', ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const errors: string[] = [];
    child.stderr.on('data', (data: Buffer) => errors.push(data.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      if (line.startsWith('{')) return new DemoGateway(child, JSON.parse(line) as Ready);
    }
    throw new Error(`the demo ended before it was ready:\n${errors.join('')}`);
  }

  get url(): string {
    return this.ready.url;
  }

  get adminKey(): string {
    return this.ready.admin_key;
  }

  /** Where its data are. */
  get directory(): string {
    return this.ready.directory;
  }

  /** The key of a person with a role, as `auditor`. @throws Error if no person has the role */
  keyOf(role: string): string {
    const person = this.ready.keys.find((each) => each.role === role);
    if (!person) throw new Error(`no person in the demo is ${role}`);
    return person.key;
  }

  /** Reads a route of `/admin`. @throws Error with the answer if it is no success */
  async get<T>(path: string, key = this.adminKey): Promise<T> {
    const response = await fetch(this.url + path, { headers: { authorization: `Bearer ${key}` } });
    const text = await response.text();
    if (!response.ok) throw new Error(`GET ${path} returned ${response.status}: ${text}`);
    return JSON.parse(text) as T;
  }

  /** Ends it with SIGTERM. @returns its exit code */
  async stop(): Promise<number | null> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    const ended = new Promise<number | null>((done) => this.process.once('exit', done));
    this.process.kill('SIGTERM');
    return ended;
  }
}
