import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import type { ProviderError } from '@thriftgate/providers';
import type { Deployment } from '../../models/model';
import type { Credential } from '../../providers/provider';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { failureKind } from '../failure-kind';
import { Breaker, type OpenReason, type Opening } from './breaker';
import { BreakerChannel, type BreakerMessage } from './breaker-channel.service';

/** What a breaker that a call passes is about. */
type Guarded = 'deployment' | 'lane' | 'credential';

/** A breaker with its name, which is the same on every replica. */
interface Guard {
  name: string;
  breaker: Breaker;
}

/**
 * The breakers that a call to a deployment passes: of the deployment, of its lane (the deployment with one credential), and of
 * the credential. Where the provider has one credential, the deployment is its lane.
 */
type Guards = Readonly<Record<Guarded, Guard>>;

/** The breaker that a failure opens. What a vendor says of one credential does not hold for another one. */
const OPENED_BY: Record<OpenReason, Guarded> = {
  failing: 'deployment',
  rate_limit: 'lane',
  forbidden: 'lane',
  model_gone: 'lane',
  credential: 'credential',
};

/** Why and for how much longer calls are kept away, in milliseconds. */
export interface OpenState {
  reason: OpenReason;
  forMs: number;
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

/** Stands before the id of a credential in the name of a breaker. */
const KEY = ' with key ';

/** Which deployments get calls, and with which credential. */
@Injectable()
export class Breakers implements OnModuleInit {
  private readonly logger = new Logger(Breakers.name);
  private readonly breakers = new Map<string, Breaker>();
  /** The guards of known pairs. */
  private guards = new WeakMap<Deployment, WeakMap<Credential, Guards>>();

  constructor(
    private readonly channel: BreakerChannel,
    private readonly providers: ProviderRegistry,
  ) {}

  onModuleInit(): void {
    this.channel.subscribe((message) => this.receive(message));
    this.providers.onRevived((name) => this.forget(name));
  }

  /** Whether a deployment gets calls with a credential. */
  isAvailable(deployment: Deployment, credential: Credential): boolean {
    const nowMs = performance.now();
    const { deployment: own, lane, credential: ofKey } = this.of(deployment, credential);
    return (
      own.breaker.isAvailable(nowMs) &&
      (lane === own || lane.breaker.isAvailable(nowMs)) &&
      ofKey.breaker.isAvailable(nowMs)
    );
  }

  /** Why and for how much longer a deployment gets no calls with a credential; undefined where it gets them. */
  openingOf(deployment: Deployment, credential: Credential): OpenState | undefined {
    const [longest] = Object.values(this.of(deployment, credential))
      .flatMap(({ breaker }) => breaker.opening ?? [])
      .toSorted((a, b) => b.untilMs - a.untilMs);
    return longest && { reason: longest.reason, forMs: Math.max(0, longest.untilMs - performance.now()) };
  }

  /** The same with the credential with which the deployment gets calls first; undefined where it gets them with one. */
  earliestOpening(deployment: Deployment, credentials: readonly Credential[]): OpenState | undefined {
    const openings = credentials.map((credential) => this.openingOf(deployment, credential));
    if (openings.includes(undefined)) return undefined;
    return openings.flatMap((opening) => opening ?? []).toSorted((a, b) => a.forMs - b.forMs)[0];
  }

  /** Why and for how much longer no deployment of a provider gets calls with a credential; undefined where they get them. */
  openingOfCredential(provider: string, credential: Credential): OpenState | undefined {
    const { opening } = this.breaker(credentialName(provider, credential));
    return opening && { reason: opening.reason, forMs: Math.max(0, opening.untilMs - performance.now()) };
  }

  /** Closes what is open for a provider: it is another one now. */
  forget(provider: string): void {
    for (const name of this.breakers.keys())
      if (isOf(provider, name)) this.breakers.set(name, new Breaker(Math.random));
    this.guards = new WeakMap();
  }

  /** Must be called when an attempt begins; its end must be told. */
  begin(deployment: Deployment, credential: Credential): WatchedAttempt {
    const guards = this.of(deployment, credential);
    const nowMs = performance.now();
    const { deployment: own, lane } = guards;
    const begun = (lane === own ? [own, guards.credential] : [own, lane, guards.credential]).map((guard) => ({
      guard,
      isProbe: guard.breaker.begin(nowMs),
    }));
    return {
      answered: () => begun.forEach(({ guard }) => this.answered(guard)),
      completed: (broken) => {
        if (broken) this.opened(own.name, own.breaker.brokeOff(performance.now()));
        else own.breaker.completed();
        if (lane !== own) lane.breaker.completed();
      },
      failed: (error, upstreamStatus) => {
        const kind = failureKind(error, upstreamStatus);
        const opened = kind === 'request' ? undefined : guards[OPENED_BY[kind]];
        for (const { guard, isProbe } of begun)
          if (guard !== opened) guard.breaker.ended(isProbe);
          else if (kind !== 'request')
            this.opened(
              guard.name,
              guard.breaker.failed(kind, isProbe, performance.now(), error.retryAfterMs),
              error.message,
            );
        // An upstream that refuses a request responds.
        if (kind !== 'request') return;
        this.answered(own);
        own.breaker.completed();
      },
      ended: () => begun.forEach(({ guard, isProbe }) => guard.breaker.ended(isProbe)),
    };
  }

  private answered({ name, breaker }: Guard): void {
    if (breaker.answered(performance.now())) this.closed(name);
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

  private of(deployment: Deployment, credential: Credential): Guards {
    let known = this.guards.get(deployment);
    if (!known) this.guards.set(deployment, (known = new WeakMap()));
    const guards = known.get(credential) ?? this.guardsOf(deployment, credential);
    known.set(credential, guards);
    return guards;
  }

  private guardsOf({ id, provider }: Deployment, credential: Credential): Guards {
    const own = this.guard(`deployment ${id}`);
    const lane = credential.id === null ? own : this.guard(`deployment ${id}${KEY}${credential.id}`);
    return { deployment: own, lane, credential: this.guard(credentialName(provider, credential)) };
  }

  private guard(name: string): Guard {
    return { name, breaker: this.breaker(name) };
  }

  private breaker(name: string): Breaker {
    const known = this.breakers.get(name);
    if (known) return known;
    const breaker = new Breaker(Math.random);
    this.breakers.set(name, breaker);
    return breaker;
  }
}

function credentialName(provider: string, { id }: Credential): string {
  return id === null ? `provider ${provider}` : `provider ${provider}${KEY}${id}`;
}

/** Whether a breaker is of a provider, its deployments or its keys. */
function isOf(provider: string, name: string): boolean {
  const [credential] = name.split(KEY);
  return credential === `provider ${provider}` || name.startsWith(`deployment ${provider}/`);
}
