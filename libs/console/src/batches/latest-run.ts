/** Runs one thing at a time: a new run stops the one before, and what a stopped one has found is dropped. */
export class LatestRun {
  private running = new AbortController();

  stop(): void {
    this.running.abort();
  }

  /** @returns what the work has found; undefined where it was stopped. @throws what the work throws, unless it was stopped */
  async start<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | undefined> {
    this.stop();
    this.running = new AbortController();
    const { signal } = this.running;
    try {
      const result = await work(signal);
      return signal.aborted ? undefined : result;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
}
