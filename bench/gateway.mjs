/** The gateway under test: all features on, an empty data directory, the mock as all its providers. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, startNode } from './processes.mjs';

const ADMIN_KEY = `sk-admin-${randomBytes(16).toString('hex')}`;
const SECRET_KEY = randomBytes(32).toString('hex');
const READY_TIMEOUT_MS = 180_000;

/**
 * Starts it on `directory` (its data and its log) and waits until it is ready.
 * `command` replaces the gateway; it is ready when its port responds, and needs no key.
 */
export async function startGateway({ command, upstream, directory, core, env }) {
  mkdirSync(directory, { recursive: true });
  const port = await freePort();
  const logFile = join(directory, 'gateway.log');
  const spawnedAt = performance.now();
  const child = startNode(command.args, {
    core,
    node: command.node,
    cwd: directory,
    logFile,
    env: {
      PORT: String(port),
      HOST: '127.0.0.1',
      DATA_DIR: join(directory, 'data'),
      ADMIN_KEY,
      SECRET_KEY,
      OPENAI_API_KEY: 'bench',
      OPENAI_BASE_URL: `${upstream}/v1`,
      ANTHROPIC_API_KEY: 'bench',
      ANTHROPIC_BASE_URL: upstream,
      GEMINI_API_KEY: 'bench',
      GEMINI_BASE_URL: upstream,
      UPSTREAM: `${upstream}/v1`,
      ...env,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child, command.standIn, logFile);
  return { child, pid: child.pid, url, startMs: performance.now() - spawnedAt };
}

async function untilReady(url, child, standIn, logFile) {
  for (const startedAt = performance.now(); ; await sleep(5)) {
    const status = await fetch(`${url}/health/ready`).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200 || (standIn && status > 0)) return;
    if (child.exitCode !== null || performance.now() - startedAt > READY_TIMEOUT_MS) {
      const log = readFileSync(logFile, 'utf8').trim().split('\n').slice(-20).join('\n');
      throw new Error(`The gateway did not become ready. The end of its log:\n${log}`);
    }
  }
}

/** A team's key without limits. */
export async function createKey({ url }, command) {
  if (command.standIn) return 'bench';
  const { id } = await post(`${url}/admin/teams`, { name: `bench-${randomBytes(4).toString('hex')}` });
  const { key } = await post(`${url}/admin/teams/${id}/keys`, { name: 'bench' });
  return key;
}

async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${url} returned ${response.status}: ${await response.text()}`);
  return response.json();
}
