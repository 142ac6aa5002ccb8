import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { VendorTurn } from '@thriftgate/providers';
import { RedisConnection } from '../../redis/redis.connection';
import { TurnMemory } from './turn-memory.store';

/** Whose turns these are: another team, or another credential of the provider, finds none of them. */
export interface TurnOwner {
  teamId: string;
  provider: string;
  credential: string | undefined;
}

/** A turn with the ids of its tool calls. */
export interface KeptTurn {
  toolCallIds: readonly string[];
  turn: VendorTurn;
}

/** Since the last use: a conversation that rests for longer goes on without its reasoning. */
const TTL_SECONDS = 3_600;
/** Longer turns are not stored, in UTF-16 units of JSON. */
const MAX_TURN_LENGTH = 1024 * 1024;
const MEMORY_BYTES = 64 * 1024 * 1024;
/** Earlier turns of a conversation are sent without their reasoning, as vendors allow. */
const MAX_TURNS_OF_CALL = 100;
const REDIS_PREFIX = 'thriftgate:';
/** An id with a random part. Some vendors count the calls of each conversation: `search:0` is in all of them. */
const UNIQUE = /(?=[A-Za-z0-9]*\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9,}/;

/**
 * The turns with tool calls as the vendors wrote them, for clients that send them back without their reasoning. In memory,
 * shared among the teams, and in Redis where one is configured. A turn that is missing fails no call.
 */
@Injectable()
export class VendorTurns {
  private readonly memory = new TurnMemory(MEMORY_BYTES, TTL_SECONDS);

  constructor(private readonly redis: RedisConnection) {}

  /** Stores a turn under the first of its tool calls, if its id is one of this turn alone. */
  async store(owner: TurnOwner, kept: KeptTurn): Promise<void> {
    const [first] = kept.toolCallIds;
    const json = JSON.stringify(kept);
    if (first === undefined || !UNIQUE.test(first) || json.length > MAX_TURN_LENGTH) return;
    const key = keyOf(owner, first);
    await this.memory.set(key, json);
    if (!this.redis.isReady) return;
    await this.redis
      .write((client) => client.set(REDIS_PREFIX + key, json, { EX: TTL_SECONDS }))
      .catch(() => undefined);
  }

  /**
   * Finds earlier turns of a conversation; each lives on for an hour.
   *
   * @param ids the first tool call of each turn, the newest last
   * @returns the turns by the ids of all their tool calls; undefined for none
   */
  async find(owner: TurnOwner, ids: readonly string[]): Promise<ReadonlyMap<string, VendorTurn> | undefined> {
    const wanted = ids.filter((id) => UNIQUE.test(id)).slice(-MAX_TURNS_OF_CALL);
    const found = await Promise.all(wanted.map((id) => this.read(keyOf(owner, id))));
    const turns = found.flatMap((kept) => kept?.toolCallIds.map((id) => [id, kept.turn] as const) ?? []);
    return turns.length > 0 ? new Map(turns) : undefined;
  }

  private async read(key: string): Promise<KeptTurn | undefined> {
    const json = (await this.memory.get(key)) ?? (await this.readShared(key));
    if (json === undefined) return undefined;
    await this.memory.set(key, json);
    return JSON.parse(json) as KeptTurn;
  }

  private async readShared(key: string): Promise<string | undefined> {
    if (!this.redis.isReady) return undefined;
    const json = await this.redis
      .run((client) => client.getEx(REDIS_PREFIX + key, { EX: TTL_SECONDS }))
      .catch(() => null);
    return json ?? undefined;
  }
}

/** The team's id is in it, whose share of memory the turn takes. */
function keyOf({ teamId, provider, credential = '' }: TurnOwner, toolCallId: string): string {
  const hash = createHash('sha256').update(JSON.stringify([teamId, provider, credential, toolCallId]));
  return `turn:${teamId}:${hash.digest('base64url')}`;
}
