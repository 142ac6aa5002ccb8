import ora, { type Ora } from 'ora';

/** Without a terminal, a line at most so often. */
const QUIET_MS = 30_000;

/** What is going on, on standard error: one line that changes, or without a terminal a line from time to time. */
export class Progress {
  private spinner: Ora | undefined;
  private last = { text: '', at: performance.now() };

  constructor(private readonly stream: NodeJS.WriteStream) {}

  /** Shows a text in place of the earlier one. */
  show(text: string): void {
    // A terminal that does not know its width cannot be redrawn.
    if (!this.stream.isTTY || !(this.stream.columns > 0)) return this.write(text);
    // Ora's own handling of the keyboard would swallow Ctrl-C and the answer to a question.
    this.spinner ??= ora({
      stream: this.stream,
      isEnabled: true,
      discardStdin: false,
      color: process.env.NO_COLOR ? false : 'cyan',
    });
    this.spinner.text = text;
    this.spinner.start();
  }

  /** Removes the line. */
  clear(): void {
    this.spinner?.stop();
    this.spinner = undefined;
  }

  private write(text: string): void {
    const now = performance.now();
    if (text === this.last.text || now - this.last.at < QUIET_MS) return;
    this.last = { text, at: now };
    this.stream.write(`${text}\n`);
  }
}
