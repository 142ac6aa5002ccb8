import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { Progress } from './progress';

/**
 * What the program writes: results for people or one JSON document on standard output, everything else on standard error.
 */
export class Terminal {
  readonly progress = new Progress(process.stderr);
  /** Where text for people goes; standard error while standard output is for results. */
  private people: NodeJS.WriteStream = process.stdout;

  /** @param isJson whether standard output is one JSON document */
  constructor(readonly isJson: boolean) {
    // The reader of a pipe may have read enough, as `head` does.
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }

  /** Standard output is for results from now on. */
  reserveOutput(): void {
    this.people = process.stderr;
  }

  /** Prints text for people; nothing in JSON mode. */
  print(text: string): void {
    if (this.isJson) return;
    this.progress.clear();
    this.people.write(`${text}\n`);
  }

  /** Prints the JSON document; nothing in the other mode. */
  document(value: unknown): void {
    if (!this.isJson) return;
    this.progress.clear();
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }

  /** Says something on standard error, in both modes. */
  note(text: string): void {
    this.progress.clear();
    process.stderr.write(`${text}\n`);
  }

  /** Bold, unless there is no terminal or NO_COLOR is set. @see https://no-color.org */
  bold(text: string): string {
    return styleText('bold', text, { stream: this.people });
  }

  /** Says what failed, in red on a terminal. */
  fail(text: string): void {
    this.note(styleText('red', text, { stream: process.stderr }));
  }

  /** Whether a person can be asked. */
  get canAsk(): boolean {
    return process.stdin.isTTY && process.stderr.isTTY;
  }

  /** Asks on standard error. @throws the signal's reason on Ctrl-C */
  async ask(question: string, signal: AbortSignal): Promise<string> {
    this.progress.clear();
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // While it reads, the terminal gives Ctrl-C to it and not to the process; the end of the input answers nothing.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    try {
      return await Promise.race([lines.question(question, { signal }), ended]);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      lines.close();
    }
  }
}
