/** Starts, pins, measures and ends the processes of a benchmark. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whether servers under test and load can each have a core of their own. */
export const canPin = availableParallelism() >= 2 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

const TICKS_PER_SECOND = 100;
const STOP_TIMEOUT_MS = 20_000;
const running = new Set();

/**
 * Starts `node …args`, on `core` if the system supports it. Its output goes to `logFile`, or else to a pipe. `node` is the
 * program that runs it, by default that of this process.
 */
export function startNode(args, { core, env, cwd, logFile, node = process.execPath } = {}) {
  const [command, ...rest] = canPin && core !== undefined ? ['taskset', '-c', String(core), node] : [node];
  const log = logFile === undefined ? 'inherit' : openSync(logFile, 'a');
  const child = spawn(command, [...rest, ...args], {
    cwd,
    // Not the caller's environment: no other provider's key, no configuration file.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...env },
    stdio: ['ignore', logFile === undefined ? 'pipe' : log, log],
    // A separate process group, so that its child processes end with it.
    detached: true,
  });
  if (logFile !== undefined) closeSync(log);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Starts a server that prints its port; returns the child and the URL. */
export async function startServer(args, options) {
  const child = startNode(args, options);
  const [line] = await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${args[0]} ended with ${code}`))),
  ]);
  return { child, pid: child.pid, url: `http://127.0.0.1:${String(line).trim()}` };
}

/** Runs `node …args` to its end and returns the JSON that it printed. */
export async function runJson(args, options) {
  const child = startNode(args, options);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`);
  return JSON.parse(output);
}

/** Ends the process with SIGTERM, and with SIGKILL if it does not end. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => killGroup(child), STOP_TIMEOUT_MS);
  await exit;
  clearTimeout(timer);
}

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Ends everything that was started, at once. */
export function killAll() {
  for (const child of running) killGroup(child);
}

/** CPU seconds of all threads of a process. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** CPU seconds of the thread of the event loop: without helpers of the garbage collection, and without the embedded database. */
export function mainThreadSeconds(pid) {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e9;
}

/** VmRSS in MiB. */
export function rssMib(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/**
 * Waits until the processes use less than 5 % of a core for a second, so that delayed work of one round does not run in the
 * next one. Returns the seconds waited.
 */
export async function untilQuiet(pids, limitSeconds = 60) {
  const startedAt = performance.now();
  const total = () => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  for (;;) {
    const before = total();
    await sleep(1000);
    const waitedSeconds = (performance.now() - startedAt) / 1000;
    if (total() - before < 0.05 || waitedSeconds > limitSeconds) return waitedSeconds;
  }
}

/** A port that is free now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
