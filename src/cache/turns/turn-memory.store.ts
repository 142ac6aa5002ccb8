import { type MemoryStore, memoryStore } from 'cache-manager';
import { ScopeSizes } from '../store/scope-sizes';

const BYTES_PER_UNIT = 2;
/** Of keys and nodes, beside the text. */
const ENTRY_BYTES = 500;
/** How many turns each new one looks at where memory is full, to remove those that have expired. */
const LOOKED_AT = 2;

/** Turns in memory, limited in bytes. Where it is full, the team that takes the most makes room. */
export class TurnMemory {
  private readonly teams = new ScopeSizes();
  private readonly memory: MemoryStore;

  /** @param ttlSeconds since a turn was stored last */
  constructor(
    private readonly maxBytes: number,
    ttlSeconds: number,
  ) {
    this.memory = memoryStore({
      // Never reached: `maxSize` is the only limit.
      max: Math.max(1, Math.floor(maxBytes / ENTRY_BYTES)),
      maxSize: maxBytes,
      ttl: ttlSeconds * 1000,
      sizeCalculation: (json) => bytesOf(json as string),
      dispose: (json, key) => this.teams.remove(String(key), bytesOf(json as string)),
      shouldCloneBeforeSet: false,
      ttlAutopurge: false,
    });
  }

  async get(key: string): Promise<string | undefined> {
    const json = await this.memory.get<string>(key);
    if (json !== undefined) this.teams.use(key);
    return json;
  }

  /**
   * Stores a turn, unless it takes more than all that any other team has.
   *
   * @param key its second part, between colons, names the team
   */
  async set(key: string, json: string): Promise<void> {
    const bytes = bytesOf(json);
    if (!this.hasRoom(bytes)) await this.removeExpired();
    // What is replaced makes room first; the store removes it before its `del` returns.
    void this.memory.del(key);
    if (bytes > this.maxBytes) return;
    this.teams.add(key, bytes);
    while (!this.hasRoom(bytes)) {
      const next = this.teams.next();
      if (next === undefined || next === key) return this.teams.remove(key, bytes);
      void this.memory.del(next);
    }
    await this.memory.set(key, json);
  }

  private hasRoom(bytes: number): boolean {
    return this.memory.calculatedSize + bytes <= this.maxBytes;
  }

  /** Expired turns of teams that take little would stay. A look-up removes what has expired. */
  private async removeExpired(): Promise<void> {
    for (let index = 0; index < LOOKED_AT; index += 1) {
      const key = this.teams.nextInTurn();
      if (key !== undefined) await this.memory.get(key);
    }
  }
}

function bytesOf(json: string): number {
  return json.length * BYTES_PER_UNIT + ENTRY_BYTES;
}
