import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';

const PROGRAM = resolve(__dirname, '../../libs/sdk/bin/thriftgate.mjs');
const TIMEOUT_MS = 110_000;

/** How a run of the command line ended. */
export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** The built command line as a process, without a terminal, with a key and a gateway in its environment. */
export class CommandLine {
  constructor(
    private readonly folder: string,
    private readonly env: Record<string, string>,
  ) {}

  /** The same with other variables. */
  with(env: Record<string, string>): CommandLine {
    return new CommandLine(this.folder, { ...this.env, ...env });
  }

  /** Runs it to its end. */
  run(...args: string[]): Promise<CommandResult> {
    return this.start(args).result;
  }

  /** @param input what standard input has */
  start(
    args: readonly string[],
    input = '',
  ): { process: ChildProcess; result: Promise<CommandResult>; said(text: string): Promise<void> } {
    const env = { PATH: process.env.PATH, LANG: 'C', ...this.env };
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd: this.folder, env, timeout: TIMEOUT_MS });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data: Buffer) => (output.stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output.stderr += data.toString()));
    child.stdin.on('error', () => undefined).end(input);
    const result = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
    const said = async (text: string) => {
      while (!output.stdout.includes(text)) await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
    };
    return { process: child, result, said };
  }
}

/** Stands between the command line and the gateway, and spoils some responses. */
export async function spoilingProxy(
  target: string,
  spoil: (request: IncomingMessage, response: ServerResponse, upstream: IncomingMessage) => boolean,
): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const { method, headers, url = '' } = request;
    const forwarded = httpRequest(new URL(url, target), { method, headers }, (upstream) => {
      if (spoil(request, response, upstream)) return;
      response.writeHead(upstream.statusCode ?? 500, upstream.headers);
      upstream.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    request.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
