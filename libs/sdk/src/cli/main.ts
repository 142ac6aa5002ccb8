import { CommanderError } from 'commander';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ThriftgateError } from '../thriftgate-error';
import { Session } from './gateway/session';
import { settingsOf } from './gateway/settings';
import { isNetworkError, sentenceOf } from './gateway/trouble';
import { buildProgram, type GlobalOptions, usageErrorOf } from './program';
import { EXIT, InputFaults, Interrupted, UsageError } from './terminal/exit-codes';
import { printable } from './terminal/printable';
import { Terminal } from './terminal/terminal';
import { HELP, languageOf, MESSAGES } from './text/language';
import type { Messages } from './text/messages-en';

const ROOT = join(__dirname, '../../../../..');

/** Runs the command line. @returns the exit code */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const language = languageOf(args, env);
  const messages = MESSAGES[language];
  // Also a fault of the arguments is a JSON document.
  const terminal = new Terminal(args.includes('--json'));
  const interrupted = new AbortController();
  const interrupt = () => {
    // The second time it ends at once.
    if (interrupted.signal.aborted) process.exit(EXIT.interrupted);
    interrupted.abort(new Interrupted());
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let code: number = EXIT.done;
  let baseUrl = '';
  const run = async (options: GlobalOptions, command: (session: Session) => Promise<number>) => {
    const settings = settingsOf(options, env, messages);
    baseUrl = settings.baseUrl;
    code = await command(new Session(settings, terminal, messages, interrupted.signal));
  };
  try {
    await buildProgram(version(), HELP[language], messages, run).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done;
    const failure = error instanceof CommanderError ? usageErrorOf(error, messages.usage) : error;
    return report(failure, baseUrl, terminal, messages);
  } finally {
    terminal.progress.clear();
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Says what failed. @returns the exit code */
function report(error: unknown, baseUrl: string, terminal: Terminal, messages: Messages): number {
  if (error instanceof Interrupted) {
    if (!error.isTold) terminal.document({ interrupted: true, batch: null });
    return EXIT.interrupted;
  }
  if (error instanceof InputFaults) {
    const { faults, count } = error;
    terminal.fail(messages.input.faults(count));
    for (const { line, message } of faults) terminal.note(printable(messages.input.fault(line, message)));
    if (count > faults.length) terminal.note(messages.input.more(count - faults.length));
    terminal.note(error.message);
    terminal.document({ error: { code: 'invalid_input', message: error.message, count, faults } });
    return EXIT.usage;
  }
  if (error instanceof UsageError) {
    terminal.fail(error.message);
    terminal.document({ error: { code: 'usage', message: error.message } });
    return EXIT.usage;
  }
  const message = printable(sentenceOf(error, baseUrl, messages));
  terminal.fail(message);
  if (isNetworkError(error)) terminal.note(messages.trouble.unreachableHint);
  const { code, status, requestId } = error instanceof ThriftgateError ? error : NO_RESPONSE;
  terminal.document({ error: { code, message, status, request_id: requestId } });
  return EXIT.gateway;
}

const NO_RESPONSE = { code: 'unreachable', status: null, requestId: null };

function version(): string {
  const { version: current } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return current;
}
