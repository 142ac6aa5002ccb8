import { existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { FakeOpenAi } from './fake-openai/fake-openai';
import { prepareGateway, RunningGateway } from './gateway';
import { readShared, type SharedRecord, stopShared } from './shared-gateways';
import type { TestStores } from './stores';

/** Ports outside the range from which the system assigns free ports. */
const UPSTREAM_PORTS = { first: 20_000, count: 10_000 };
const LEFT_ALONE: TestStores = { env: {}, drop: () => Promise.resolve() };

/**
 * A gateway that the spec files of one Jest worker use one after another. The first file starts it; the global teardown
 * stops it. Each file has its own fake OpenAI, on the port that the gateway calls.
 */
class SharedGateway extends RunningGateway {
  private readonly logFile: string;
  private logFrom = 0;

  constructor(
    private readonly shared: SharedRecord,
    fake: FakeOpenAi,
  ) {
    super(shared.url, shared.dataDirectory, fake, shared.env, true, LEFT_ALONE);
    this.logFile = join(shared.dataDirectory, 'gateway.log');
  }

  /** Starts the process, which outlives the spec file; other files find it by the record in `file`. */
  async launch(file: string): Promise<void> {
    const child = this.spawn(openSync(this.logFile, 'a'));
    child.unref();
    this.shared.pid = child.pid ?? 0;
    writeFileSync(file, JSON.stringify(this.shared));
    await this.untilReady(child);
  }

  /** Ignores earlier output, which belongs to other files. */
  attach(): void {
    this.logFrom = statSync(this.logFile).size;
  }

  override get output(): string {
    return readFileSync(this.logFile).subarray(this.logFrom).toString();
  }

  override get pid(): number {
    return this.shared.pid;
  }

  override start(): Promise<void> {
    return Promise.reject(new Error('a shared gateway runs already: a story with restarts needs startGateway()'));
  }

  override kill(): Promise<void> {
    return this.start();
  }

  override terminate(): Promise<null> {
    return this.start().then(() => null);
  }

  /** Stops the file's fake OpenAI, not the gateway. @throws Error if the gateway has ended or its ledger is inconsistent */
  override async stop(): Promise<void> {
    const violations = await this.ledgerViolations();
    const ready = await this.request('GET', '/health/ready', undefined).catch(() => undefined);
    await this.fake.stop();
    if (ready?.status !== 200) throw new Error(`the shared gateway is not ready any more:\n${this.output}`);
    if (violations.length > 0) throw new Error(`the ledger does not add up: ${JSON.stringify(violations, null, 1)}`);
  }
}

/**
 * The gateway of this Jest worker, for stories that only need a team. They send their own prompts, change no global settings,
 * and neither restart nor kill it; other stories use `startGateway`.
 */
export async function sharedGateway(): Promise<RunningGateway> {
  const { TEST_SHARED_GATEWAYS: directory, JEST_WORKER_ID: worker } = process.env;
  if (!directory) throw new Error('only files of the e2e project share a gateway');
  const file = join(directory, `${worker}.json`);
  if (existsSync(file)) {
    const found = await attach(readShared(file));
    if (found) return found;
    await stopShared(file);
  }
  const port = await freeUpstreamPort();
  const fake = await FakeOpenAi.start({ port });
  const { url, dataDirectory, env } = await prepareGateway(fake.baseUrl);
  const gateway = new SharedGateway({ url, dataDirectory, env, upstreamPort: port, pid: 0 }, fake);
  await gateway.launch(file);
  return gateway;
}

/** @returns the gateway, or undefined if it does not respond or its upstream's port is in use */
async function attach(record: SharedRecord): Promise<SharedGateway | undefined> {
  const ready = await fetch(`${record.url}/health/ready`).catch(() => undefined);
  if (ready?.status !== 200) return undefined;
  const fake = await FakeOpenAi.start({ port: record.upstreamPort }).catch(() => undefined);
  if (!fake) return undefined;
  const gateway = new SharedGateway(record, fake);
  gateway.attach();
  return gateway;
}

async function freeUpstreamPort(): Promise<number> {
  for (;;) {
    const port = UPSTREAM_PORTS.first + Math.floor(Math.random() * UPSTREAM_PORTS.count);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((closed) => server.close(closed));
    if (isFree) return port;
  }
}
