import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const ENTRY = join(import.meta.dirname, '../../dist/src/main.js');
const START_TIMEOUT_MS = 120_000;
const STEP_MS = 50;

/** The built gateway as a process of its own, with embedded storage in `directory`. What it prints goes to `gateway.log` there. */
export class DemoGateway {
  child;

  /** @param {{directory: string, port: number, adminKey: string, env: Record<string, string>}} options */
  constructor({ directory, port, adminKey, env }) {
    this.directory = directory;
    this.adminKey = adminKey;
    this.url = `http://127.0.0.1:${port}`;
    this.log = join(directory, 'gateway.log');
    this.env = {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      DATA_DIR: directory,
      GATEWAY_CONFIG: join(directory, 'gateway.yaml'),
      ADMIN_KEY: adminKey,
      ...env,
    };
  }

  /** Starts it and waits until it is ready. @throws Error if it ends before, or takes two minutes */
  async start() {
    const options = { env: this.env, cwd: this.directory, stdio: ['ignore', 'pipe', 'pipe'], detached: true };
    this.child = spawn(process.execPath, [ENTRY], options);
    const log = createWriteStream(this.log, { flags: 'a' });
    for (const output of [this.child.stdout, this.child.stderr]) output.pipe(log, { end: false });
    for (let waitedMs = 0; waitedMs < START_TIMEOUT_MS; waitedMs += STEP_MS) {
      if (this.child.exitCode !== null)
        throw new Error(`The gateway ended with ${this.child.exitCode}; see ${this.log}.`);
      const ready = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (ready?.ok) return;
      await delay(STEP_MS);
    }
    throw new Error(`The gateway did not become ready; see ${this.log}.`);
  }

  /** Ends it with SIGTERM, and waits for its end. */
  async stop() {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }

  /** Sends a request. @returns `{status, headers, body}`, the body read as JSON where it is */
  async send(method, path, body, key = this.adminKey, headers = {}) {
    const response = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }), ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  /** Sends a request that must succeed. @returns its body @throws Error with the answer */
  async call(method, path, body, key) {
    const answer = await this.send(method, path, body, key);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path} returned ${answer.status}: ${JSON.stringify(answer.body)}`);
  }
}
