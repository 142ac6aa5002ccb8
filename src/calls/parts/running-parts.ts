/** A request for some inputs, while it runs. */
interface RunningRequest {
  readonly keys: readonly string[];
  /** Resolves at its end, whatever its end. */
  readonly ended: Promise<void>;
}

/** Inputs for which requests of this process run, by their places in the cache. */
export class RunningParts {
  private readonly requests = new Map<string, RunningRequest>();

  /**
   * The ends of the requests of other lists that bring some of these inputs, and the indexes of these. A request for just these
   * inputs in this order is none: equal requests have a flight.
   */
  elsewhere(keys: readonly string[]): { indexes: ReadonlySet<number>; ended: Promise<void>[] } {
    const indexes = new Set<number>();
    const found = new Set<RunningRequest>();
    for (const [index, key] of keys.entries()) {
      const request = this.requests.get(key);
      if (!request) continue;
      indexes.add(index);
      found.add(request);
    }
    const [first] = found;
    const isEqual = first?.keys.length === keys.length && keys.every((key, index) => key === first.keys[index]);
    return isEqual ? NONE : { indexes, ended: [...found].map(({ ended }) => ended) };
  }

  /** Registers a request until it ends. */
  register(keys: readonly string[], running: Promise<unknown>): void {
    const forget = () => {
      for (const key of keys) if (this.requests.get(key) === request) this.requests.delete(key);
    };
    const request: RunningRequest = { keys, ended: running.then(forget, forget) };
    for (const key of keys) this.requests.set(key, request);
  }
}

const NONE = { indexes: new Set<number>(), ended: [] };
