/** Lines that are written together, and the promise to those who wait for them. */
export class Group {
  lines = '';
  private promise: Promise<void> | undefined;
  private resolve: (() => void) | undefined;
  private reject: ((error: Error) => void) | undefined;

  /** @returns a promise that is kept or refused for all lines of the group together */
  add(line: string): Promise<void> {
    this.lines += line;
    return (this.promise ??= new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    }));
  }

  keep(): void {
    this.resolve?.();
  }

  refuse(error: Error): void {
    this.reject?.(error);
  }
}
