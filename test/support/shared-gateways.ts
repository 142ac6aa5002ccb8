import { readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { dropDatabase } from './stores';

const STOP_TIMEOUT_MS = 30_000;

/** The record of a gateway that several spec files use one after another. */
export interface SharedRecord {
  pid: number;
  url: string;
  dataDirectory: string;
  env: Record<string, string>;
  /** The port of its upstream, the fake OpenAI. */
  upstreamPort: number;
}

export function readShared(file: string): SharedRecord {
  return JSON.parse(readFileSync(file, 'utf8')) as SharedRecord;
}

/** Ends a shared gateway and deletes its data. @throws Error if it does not end after SIGTERM */
export async function stopShared(file: string): Promise<void> {
  const { pid, env, dataDirectory } = readShared(file);
  signal(pid, 'SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (signal(pid, 0) && Date.now() < deadline) await delay(50);
  const isStuck = signal(pid, 'SIGKILL');
  if (env.DATABASE_URL) await dropDatabase(env.DATABASE_URL);
  for (const path of [dataDirectory, file]) rmSync(path, { recursive: true, force: true });
  if (isStuck) throw new Error(`the shared gateway did not end within ${STOP_TIMEOUT_MS} ms of SIGTERM`);
}

/** @returns whether the process exists */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
