import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FakeOpenAi } from './fake-openai/fake-openai';
import { freePort } from './free-port';
import { copyEmptyDatabase, createTestStores, type TestStores } from './stores';

const ENTRY = resolve(__dirname, '../../dist/src/main.js');
const SABOTAGES = resolve(__dirname, '../faults/sabotage');
const ADMIN_KEY = 'test-admin-key-0123456789';
const START_TIMEOUT_MS = 90_000;

export interface GatewayOptions {
  /** Overrides the environment of the harness; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** The content of `gateway.yaml`. */
  configFile?: string;
  /** An existing fake upstream, for a second gateway. */
  fake?: FakeOpenAi;
}

export interface HttpResult<T = any> {
  status: number;
  headers: Headers;
  body: T;
}

/**
 * A real gateway: the built program as a separate process, with a fake OpenAI as its upstream. With TEST_DATABASE_URL and
 * TEST_REDIS_URL it runs on PostgreSQL and Redis, with a new database; otherwise on embedded storage. It runs on the Node that
 * runs Jest.
 */
export class RunningGateway {
  protected process: ChildProcess | undefined;
  private teams = 0;
  private readonly logs: string[] = [];

  constructor(
    readonly url: string,
    readonly dataDirectory: string,
    readonly fake: FakeOpenAi,
    readonly env: Record<string, string>,
    private readonly ownsFake: boolean,
    private readonly stores: TestStores,
  ) {}

  readonly adminKey = ADMIN_KEY;

  async start(): Promise<void> {
    const child = this.spawn('pipe');
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (data: Buffer) => this.logs.push(data.toString()));
    await this.untilReady(child);
  }

  /** @param output receives its output: a pipe, or the descriptor of an open file */
  protected spawn(output: 'pipe' | number): ChildProcess {
    const options = { env: this.env, cwd: this.dataDirectory };
    this.process = spawn(process.execPath, [ENTRY], { ...options, stdio: ['ignore', output, output] });
    return this.process;
  }

  /** @throws Error if the process ends before it is ready, or is not ready in time */
  protected async untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline) {
      if (child.exitCode !== null) throw new Error(`the gateway ended with ${child.exitCode}:\n${this.output}`);
      const ready = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (ready?.status === 200) return;
      await delay(25);
    }
    throw new Error(`the gateway did not become ready:\n${this.output}`);
  }

  /** Everything that it printed. */
  get output(): string {
    return this.logs.join('');
  }

  get pid(): number {
    return this.process?.pid ?? 0;
  }

  /** Ends the process with SIGKILL. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends the process with SIGTERM. @returns its exit code */
  async terminate(): Promise<number | null> {
    return this.end('SIGTERM');
  }

  async restart(): Promise<void> {
    await this.terminate();
    await this.start();
  }

  /** Ends the process and deletes its data. @throws Error if its ledger is inconsistent, or the chain of its audit broken */
  async stop(): Promise<void> {
    const violations = await this.ledgerViolations();
    const chain = await this.admin('GET', '/admin/audit/verify').catch(() => undefined);
    if (chain?.body.broken) violations.push(chain.body);
    await this.terminate();
    if (this.ownsFake) await this.fake.stop();
    await this.stores.drop();
    rmSync(this.dataDirectory, { recursive: true, force: true });
    if (violations.length > 0) throw new Error(`the ledger does not add up: ${JSON.stringify(violations, null, 1)}`);
  }

  /** Violations of the ledger's invariants; none if the gateway does not run. */
  protected async ledgerViolations(): Promise<unknown[]> {
    const answer = await this.admin('GET', '/admin/ledger/verify').catch(() => undefined);
    if (answer?.status !== 200) return [];
    return answer.body.checks.filter(({ violations }: { violations: unknown[] }) => violations.length > 0);
  }

  admin<T = any>(method: string, path: string, body?: unknown): Promise<HttpResult<T>> {
    return this.request<T>(method, path, this.adminKey, body);
  }

  async request<T = any>(
    method: string,
    path: string,
    key: string | undefined,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<HttpResult<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : text) as T };
  }

  /** A chat with one user message. */
  chat(
    key: string,
    content: string,
    members: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ): Promise<HttpResult> {
    const body = { model: 'gpt-4.1', messages: [{ role: 'user', content }], ...members };
    return this.request('POST', '/v1/chat/completions', key, body, headers);
  }

  /** Another gateway with another data directory and otherwise the same settings. It does not stop the upstream. */
  async twin(dataDirectory: string): Promise<RunningGateway> {
    const port = await freePort();
    const env = { ...this.env, DATA_DIR: dataDirectory, PORT: String(port) };
    const stores = { env: {}, drop: () => Promise.resolve() };
    const twin = new RunningGateway(`http://127.0.0.1:${port}`, dataDirectory, this.fake, env, false, stores);
    await twin.start();
    return twin;
  }

  /** Every row of the ledger. */
  async allRows(): Promise<any[]> {
    const rows: any[] = [];
    for (let cursor = ''; ;) {
      const query = `limit=1000${cursor ? `&cursor=${cursor}` : ''}`;
      const { body } = await this.admin('GET', `/admin/requests?${query}`);
      rows.push(...body.data);
      if (!body.next_cursor) return rows;
      cursor = body.next_cursor;
    }
  }

  /** A new key in a new team, or in a given team. */
  async createKey(
    options: { teamId?: string; [member: string]: unknown } = {},
  ): Promise<{ teamId: string; key: string; keyId: string }> {
    const { teamId: given, ...members } = options;
    this.teams += 1;
    const teamId =
      given ?? (await this.admin('POST', '/admin/teams', { name: `team ${this.teams} ${Date.now()}` })).body.id;
    const created = await this.admin('POST', `/admin/teams/${teamId}/keys`, { name: 'test', ...members });
    if (created.status !== 201) throw new Error(`no key: ${created.status} ${JSON.stringify(created.body)}`);
    return { teamId, key: created.body.key, keyId: created.body.id };
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolveEnd) => child.once('exit', resolveEnd));
    child.kill(signal);
    return ended;
  }
}

/** Starts a gateway with a fake OpenAI as its upstream, and waits until it is ready. */
export async function startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
  const fake = options.fake ?? (await FakeOpenAi.start());
  const { url, dataDirectory, env, stores } = await prepareGateway(fake.baseUrl, options);
  const gateway = new RunningGateway(url, dataDirectory, fake, env, options.fake === undefined, stores);
  await gateway.start().catch(async (error: unknown) => {
    await gateway.stop();
    throw error;
  });
  return gateway;
}

/** Prepares the start of a gateway: a port, a data directory, stores and the environment. */
export async function prepareGateway(upstream: string, options: GatewayOptions = {}) {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'thriftgate-test-'));
  const stores = await createTestStores();
  if (!stores.env.DATABASE_URL) copyEmptyDatabase(dataDirectory);
  const port = await freePort();
  const wanted: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: String(port),
    DATA_DIR: dataDirectory,
    ADMIN_KEY,
    OPENAI_API_KEY: 'sk-upstream-secret-1234567890',
    OPENAI_BASE_URL: upstream,
    // So that Redis does not count as unavailable on a machine that is busy with other tests.
    REDIS_TIMEOUT_MS: '1000',
    BATCH_POLL_INTERVAL_MS: '200',
    ...stores.env,
    ...options.env,
  };
  const { SABOTAGE } = process.env;
  if (SABOTAGE) wanted.NODE_OPTIONS = `${wanted.NODE_OPTIONS ?? ''} --require ${join(SABOTAGES, SABOTAGE)}.cjs`;
  if (options.configFile !== undefined) writeFileSync(join(dataDirectory, 'gateway.yaml'), options.configFile);
  const isSet = (entry: [string, string | undefined]): entry is [string, string] => entry[1] !== undefined;
  const env = Object.fromEntries(Object.entries(wanted).filter(isSet));
  return { url: `http://127.0.0.1:${port}`, dataDirectory, env, stores };
}
