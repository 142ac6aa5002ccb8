import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PubSubStore } from '../../redis/pub-sub.store';
import type { OpenReason } from './breaker';

const CHANNEL = 'thriftgate:breakers';
const REASONS: ReadonlySet<unknown> = new Set<OpenReason>([
  'rate_limit',
  'failing',
  'credential',
  'forbidden',
  'model_gone',
]);

/** What a replica's breaker did. `forMs`: how long it stays open; 0 where it has closed. */
export interface BreakerMessage {
  /** Of a deployment or a provider. */
  breaker: string;
  reason: OpenReason;
  forMs: number;
}

/** Tells other replicas what the breakers of this one do. Without Redis, or while it is away, each replica goes on by itself. */
@Injectable()
export class BreakerChannel {
  private readonly replica = randomUUID();

  constructor(private readonly pubSub: PubSubStore) {}

  send(message: BreakerMessage): void {
    void this.pubSub.send(CHANNEL, JSON.stringify({ ...message, replica: this.replica }));
  }

  /** @param listener gets the messages of other replicas */
  subscribe(listener: (message: BreakerMessage) => void): void {
    this.pubSub.subscribe(CHANNEL, (text) => {
      const message = readMessage(text);
      if (message && message.replica !== this.replica) listener(message);
    });
  }
}

/** @returns undefined where the text is no message, as from a replica of another version */
function readMessage(text: string): (BreakerMessage & { replica: unknown }) | undefined {
  try {
    const { breaker, reason, forMs, replica } = JSON.parse(text) as Record<string, unknown>;
    const isMessage = typeof breaker === 'string' && REASONS.has(reason) && typeof forMs === 'number' && forMs >= 0;
    return isMessage ? { breaker, reason: reason as OpenReason, forMs, replica } : undefined;
  } catch {
    return undefined;
  }
}
