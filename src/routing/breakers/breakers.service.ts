import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { ProviderError } from '@thriftgate/providers';
import type { Deployment } from '../../models/model';
import { failureKind } from '../failure-kind';
import { Breaker, type OpenReason, type Opening } from './breaker';
import { BreakerChannel, type BreakerMessage } from './breaker-channel.service';

/** The breakers that a call to a deployment passes: its own, and that of its provider's credential. */
interface Pair {
  own: Breaker;
  credential: Breaker;
}

/** An attempt that has begun, as the breakers see it. */
export interface WatchedAttempt {
  /** The upstream has answered, or the first content of a stream is here. */
  answered(): void;
  /** @param broken whether the stream broke off after its first content */
  completed(broken: boolean): void;
  failed(error: ProviderError, upstreamStatus: number | undefined): void;
  /** The attempt says nothing of its deployment. */
  ended(): void;
}

/** Which deployments get calls: a breaker for each one, and one for each provider's credential. */
@Injectable()
export class Breakers implements OnModuleInit {
  private readonly logger = new Logger(Breakers.name);
  private readonly breakers = new Map<string, Breaker>();

  constructor(private readonly channel: BreakerChannel) {}

  onModuleInit(): void {
    this.channel.subscribe((message) => this.receive(message));
  }

  isAvailable(deployment: Deployment): boolean {
    const { own, credential } = this.of(deployment);
    const nowMs = performance.now();
    return own.isAvailable(nowMs) && credential.isAvailable(nowMs);
  }

  /** Why and for how much longer a deployment gets no calls, in milliseconds; undefined where it gets them. */
  openingOf(deployment: Deployment): { reason: OpenReason; forMs: number } | undefined {
    const { own, credential } = this.of(deployment);
    const [longest] = [own.opening, credential.opening]
      .filter((opening) => opening !== undefined)
      .toSorted((a, b) => b.untilMs - a.untilMs);
    return longest && { reason: longest.reason, forMs: Math.max(0, longest.untilMs - performance.now()) };
  }

  /** Must be called when an attempt begins; its end must be told. */
  begin(deployment: Deployment): WatchedAttempt {
    const { own, credential } = this.of(deployment);
    const nowMs = performance.now();
    const probes = { own: own.begin(nowMs), credential: credential.begin(nowMs) };
    return {
      answered: () => {
        if (own.answered(performance.now())) this.closed(ownName(deployment));
        if (credential.answered(performance.now())) this.closed(credentialName(deployment));
      },
      completed: (broken) => {
        if (broken) this.opened(ownName(deployment), own.brokeOff(performance.now()));
        else own.completed();
      },
      failed: (error, upstreamStatus) => {
        const kind = failureKind(error, upstreamStatus);
        const now = performance.now();
        if (kind === 'credential') own.ended(probes.own);
        else credential.ended(probes.credential);
        if (kind === 'request') return this.answeredRefusal(deployment, own, now);
        const breaker = kind === 'credential' ? credential : own;
        const isProbe = kind === 'credential' ? probes.credential : probes.own;
        const name = kind === 'credential' ? credentialName(deployment) : ownName(deployment);
        this.opened(name, breaker.failed(kind, isProbe, now, error.retryAfterMs), error.message);
      },
      ended: () => {
        own.ended(probes.own);
        credential.ended(probes.credential);
      },
    };
  }

  /** An upstream that refuses a request responds. */
  private answeredRefusal(deployment: Deployment, own: Breaker, nowMs: number): void {
    if (own.answered(nowMs)) this.closed(ownName(deployment));
    own.completed();
  }

  private opened(name: string, opening: Opening | undefined, message = 'The stream broke off.'): void {
    if (!opening) return;
    const { reason } = opening;
    const forMs = Math.round(opening.untilMs - performance.now());
    this.channel.send({ breaker: name, reason, forMs });
    this.logger.warn({ breaker: name, reason, forMs, message }, 'A breaker opened');
  }

  private closed(name: string): void {
    this.channel.send({ breaker: name, reason: 'failing', forMs: 0 });
    this.logger.log({ breaker: name }, 'A breaker closed');
  }

  private receive({ breaker: name, reason, forMs }: BreakerMessage): void {
    // A breaker that this replica has not needed yet has nothing to learn from one that closed.
    if (forMs === 0) this.breakers.get(name)?.closedElsewhere(performance.now());
    else this.breaker(name).openElsewhere(reason, forMs, performance.now());
  }

  private of(deployment: Deployment): Pair {
    return { own: this.breaker(ownName(deployment)), credential: this.breaker(credentialName(deployment)) };
  }

  private breaker(name: string): Breaker {
    const known = this.breakers.get(name) ?? new Breaker(Math.random);
    this.breakers.set(name, known);
    return known;
  }
}

function ownName({ id }: Deployment): string {
  return `deployment ${id}`;
}

function credentialName({ provider }: Deployment): string {
  return `provider ${provider}`;
}
