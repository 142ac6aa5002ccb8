import { LRUCache } from 'lru-cache';
import { scopeOfKey } from '../key/cache-key';

/** Scopes whose bytes differ by less than an eighth share a step. */
const STEPS_PER_DOUBLING = 6;

interface ScopeSize {
  bytes: number;
  /**
   * In the order of their last use. A Set would do, but looks at all the places that a key has had in it: deleting and adding the
   * same one again, as each hit does, took 60 µs.
   */
  keys: LRUCache<string, true>;
  step: number;
}

/**
 * What each scope has in memory, so that room is made where most is taken. Each operation takes the same time, however many
 * scopes and keys there are.
 */
export class ScopeSizes {
  private readonly sizes = new Map<string, ScopeSize>();
  /** Scopes by the logarithm of their bytes. */
  private readonly steps: Set<ScopeSize>[] = [];
  /** All keys, in the order in which they came. */
  private readonly keys = new Set<string>();
  private turn: Iterator<string> | undefined;

  /** Adds a key that was not there. */
  add(key: string, bytes: number): void {
    const scope = scopeOfKey(key);
    let size = this.sizes.get(scope);
    if (!size) this.sizes.set(scope, (size = { bytes: 0, keys: noKeys(), step: 0 }));
    size.keys.set(key, true);
    this.keys.add(key);
    this.resize(size, bytes);
  }

  remove(key: string, bytes: number): void {
    const scope = scopeOfKey(key);
    const size = this.sizes.get(scope);
    if (!size?.keys.delete(key)) return;
    this.keys.delete(key);
    this.resize(size, -bytes);
    if (size.keys.size > 0) return;
    this.sizes.delete(scope);
    this.steps[size.step]?.delete(size);
  }

  has(key: string): boolean {
    return this.keys.has(key);
  }

  /** Marks a key as the most recently used one of its scope. */
  use(key: string): void {
    this.sizes.get(scopeOfKey(key))?.keys.get(key);
  }

  /** The least recently used key of a scope that takes the most; undefined where there is none. */
  next(): string | undefined {
    while (this.steps.at(-1)?.size === 0) this.steps.pop();
    const [largest] = this.steps.at(-1) ?? [];
    const [key] = largest?.keys.rkeys() ?? [];
    return key;
  }

  /** Each key in turn, one a call, then from the first one again; now and then undefined. */
  nextInTurn(): string | undefined {
    this.turn ??= this.keys.values();
    const { done, value } = this.turn.next();
    if (done) this.turn = undefined;
    return value;
  }

  private resize(size: ScopeSize, bytes: number): void {
    this.steps[size.step]?.delete(size);
    size.bytes += bytes;
    size.step = Math.floor(Math.log2(Math.max(1, size.bytes)) * STEPS_PER_DOUBLING);
    while (this.steps.length <= size.step) this.steps.push(new Set());
    this.steps[size.step]?.add(size);
  }
}

/** Without a limit of its own: what the scope has is limited in bytes. */
function noKeys(): LRUCache<string, true> {
  return new LRUCache({ maxSize: Number.MAX_SAFE_INTEGER, sizeCalculation: () => 1 });
}
