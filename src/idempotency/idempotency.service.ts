import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { toGatewayError } from '../common/to-gateway-error';
import { Journal } from '../ledger/journal/journal.service';
import type { CallIdentity } from './idempotency-key';
import {
  type Claim,
  type CallState,
  IdempotencyRepository,
  mayBeDone,
  type StoredReply,
  type Writer,
} from './idempotency.repository';
import { replayHeaders, stillRunning, storedReply, tooLarge, unknownResult } from './replay';
import { type Reply, SharedReply } from './shared-reply';
import { within } from './within';

const LOOK_AGAIN_MS = 100;
/** How long a repeat waits for a call that another process makes. */
const PATIENCE_MS = 10 * 60_000;
/** How long the database may take to give a key. */
const CLAIM_MS = 5_000;
/** How long an answer waits for the database to keep it. Then it goes out all the same, and is kept later. */
const KEEP_MS = 2_000;
/** How often and for how long something is tried to be written while the database is away. */
const WRITE_AGAIN_MS = 500;
const WRITE_TRIES_MS = 10 * 60_000;
const SWEEP_EVERY_MS = 10 * 60_000;

/** What a call came to, as its maker hands it over. */
export interface ProducedResponse {
  status: number;
  headers: Record<string, string>;
  body: AsyncIterable<Buffer | string>;
}

/** Makes a call. @throws GatewayError; whether anything may have been charged is asked afterwards */
export interface Producer {
  produce(): Promise<ProducedResponse>;
  /** Whether an upstream may have charged for the call. */
  mayBeCharged(): boolean;
  /** The body of an error response, in the shape of the call's API. */
  errorBody(error: GatewayError): object;
}

interface Running {
  requestId: string;
  reply: Promise<SharedReply>;
}

type RunningElsewhere = Claim & { kind: 'running' };

/**
 * Makes each call with an `Idempotency-Key` once. Repeats get the same answer: while it comes, when it has come, from every
 * process and after a restart, for a day.
 *
 * @see https://docs.stripe.com/api/idempotent_requests
 */
@Injectable()
export class IdempotencyService implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(IdempotencyService.name);
  /** Calls that this process makes now. */
  private readonly running = new Map<string, Running>();
  /** Questions to the database that all equal calls of this process share. */
  private readonly claims = new Map<string, Promise<Claim>>();
  private readonly looks = new Map<string, Promise<CallState>>();
  /** Calls of this process that have ended while the database does not know it. */
  private readonly late = new Set<string>();
  private readonly unfinished = new Set<Promise<unknown>>();
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly repository: IdempotencyRepository,
    private readonly journal: Journal,
  ) {}

  onApplicationBootstrap(): void {
    this.sweeper = setInterval(() => void this.sweep(), SWEEP_EVERY_MS).unref();
  }

  /** Runs after the last HTTP call has ended and while upstreams can still answer: calls go on whose clients have left. */
  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.sweeper);
    while (this.unfinished.size > 0) await Promise.allSettled(this.unfinished);
  }

  /**
   * The answer of the call, made now or before. It is made to its end even if its client leaves, for whoever repeats it.
   *
   * @param hasLeft whether the client that waits has gone
   * @throws GatewayError what the call itself throws; `idempotency_key_reused` where the key belongs to another call;
   *   `idempotency_result_unknown` where the process that made the call is gone; `unavailable` while the database is away
   */
  async once(identity: CallIdentity, making: Producer, hasLeft: () => boolean): Promise<Reply> {
    const name = `${identity.teamId} ${identity.key} ${identity.fingerprint}`;
    for (;;) {
      const here = this.running.get(name);
      if (here) return sharedReply(await here.reply, here.requestId);
      const shared = this.claims.get(name);
      const claim = await (shared ?? this.claim(name, identity));
      if (claim.kind === 'ours' && !shared) return this.make(name, identity, making);
      if (claim.kind === 'other_call') throw new GatewayError('idempotency_key_reused', { param: 'Idempotency-Key' });
      if (claim.kind === 'lost') throw unknownResult(claim.requestId);
      if (claim.kind === 'done') return storedReply(claim.reply);
      if (claim.kind === 'running') await this.untilEnded(name, identity, claim, hasLeft);
    }
  }

  /**
   * Keeps the answer of a call in a transaction of its own, so that there is both or neither.
   *
   * @throws GatewayError `conflict` when the key is not the call's any more; then the transaction must not be
   */
  async keepWith(identity: CallIdentity, reply: Omit<StoredReply, 'requestId'>, writer: Writer): Promise<void> {
    if (!(await this.repository.keep(identity, reply, writer))) throw stillRunning();
  }

  private claim(name: string, identity: CallIdentity): Promise<Claim> {
    const claim = this.claimInTime(identity).finally(() => this.claims.delete(name));
    this.claims.set(name, claim);
    return claim;
  }

  /** A key that comes too late, or whose call was given up, is given back. */
  private async claimInTime(identity: CallIdentity): Promise<Claim> {
    const claiming = this.repository.claim(identity, this.journal.owner);
    try {
      return await within(claiming, CLAIM_MS);
    } catch (cause) {
      const giveBack = () => this.write(() => this.repository.free(identity, identity.requestId));
      void claiming.then(
        ({ kind }) => kind === 'ours' && giveBack(),
        (error: unknown) => mayBeDone(error) && giveBack(),
      );
      throw new GatewayError('unavailable', { message: AWAY, cause });
    }
  }

  private async make(name: string, identity: CallIdentity, making: Producer): Promise<Reply> {
    const made = this.start(identity, making);
    this.running.set(name, { requestId: identity.requestId, reply: made });
    const finished = made
      .then((reply) => reply.filled)
      .catch(() => undefined)
      .finally(() => this.running.delete(name));
    this.untilEnd(finished);
    const reply = await made;
    return { status: reply.status, headers: reply.headers, body: reply.read() };
  }

  private async start(identity: CallIdentity, making: Producer): Promise<SharedReply> {
    try {
      const { status, headers, body } = await making.produce();
      const reply = new SharedReply(status, headers);
      reply.fill(body, (bytes) => this.keep(identity, { status, headers, body: bytes }));
      return reply;
    } catch (thrown) {
      await this.afterFailure(identity, making, thrown);
      throw thrown;
    }
  }

  /** A call that came to nothing may be sent again; one that may have cost something is answered with its error from now on. */
  private async afterFailure(identity: CallIdentity, making: Producer, thrown: unknown): Promise<void> {
    if (making.mayBeCharged()) {
      const error = toGatewayError(thrown);
      const body = Buffer.from(JSON.stringify(making.errorBody(error)));
      return this.keep(identity, { status: error.status, headers: ERROR_HEADERS, body });
    }
    const freed = this.write(() => this.repository.free(identity, identity.requestId));
    await within(freed, KEEP_MS).catch(() => undefined);
  }

  /** Keeps an answer. Where the database is away it goes out all the same, and is kept as soon as that is possible. */
  private async keep(identity: CallIdentity, reply: Omit<StoredReply, 'requestId'>): Promise<void> {
    const { requestId } = identity;
    this.late.add(requestId);
    const kept = this.write(() => this.repository.keep(identity, reply)).then(
      (written) => written && this.late.delete(requestId),
    );
    await within(kept, KEEP_MS).catch(() => undefined);
  }

  /** Writes as soon as the database takes it. @returns false when that was given up */
  private write(write: () => Promise<unknown>): Promise<boolean> {
    const written = this.tryToWrite(write);
    this.untilEnd(written);
    return written;
  }

  private async tryToWrite(write: () => Promise<unknown>): Promise<boolean> {
    for (const deadline = performance.now() + WRITE_TRIES_MS; performance.now() < deadline;) {
      try {
        await write();
        return true;
      } catch (error) {
        this.logger.warn({ err: error }, 'the end of a call with an Idempotency-Key is written later');
      }
      await delay(WRITE_AGAIN_MS, undefined, { ref: false });
    }
    return false;
  }

  private untilEnd(work: Promise<unknown>): void {
    this.unfinished.add(work);
    void work.finally(() => this.unfinished.delete(work));
  }

  /**
   * Waits for a call that another request makes. The key of one that a dead process never sent is freed.
   *
   * @throws GatewayError `idempotency_result_unknown` where a dead process may have sent it, `conflict` after ten minutes
   */
  private async untilEnded(
    name: string,
    identity: CallIdentity,
    { owner, requestId }: RunningElsewhere,
    hasLeft: () => boolean,
  ): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!this.running.get(name)) {
      const look = `${name} ${requestId}`;
      const fate = await (this.looks.get(look) ?? this.look(look, identity, requestId));
      if (fate === 'ended') return;
      if (fate === 'sent') throw unknownResult(requestId);
      // A key that this process has and does not work for: the answer to its claim was lost, or it could not be freed.
      const forgotten = owner === this.journal.instanceId && !this.running.get(name) && !this.late.has(requestId);
      if (fate === 'not_sent' || forgotten) return this.repository.free(identity, requestId);
      if (hasLeft() || performance.now() >= deadline) throw stillRunning();
    }
  }

  private look(look: string, identity: CallIdentity, requestId: string): Promise<CallState> {
    const fate = delay(LOOK_AGAIN_MS)
      .then(() => this.repository.fateOf(identity, requestId))
      .finally(() => this.looks.delete(look));
    this.looks.set(look, fate);
    return fate;
  }

  private async sweep(): Promise<void> {
    try {
      while ((await this.repository.sweep()) > 0);
    } catch (error) {
      this.logger.debug({ err: error }, 'old idempotency keys were not swept');
    }
  }
}

/** OpenAI's clients repeat some errors with the same key by themselves, which can come to nothing else here. */
const ERROR_HEADERS = { 'content-type': 'application/json; charset=utf-8', 'x-should-retry': 'false' };
const AWAY = 'A call with an Idempotency-Key can be promised only while the database answers. Try again shortly.';

function sharedReply(reply: SharedReply, requestId: string): Reply {
  if (!reply.isWhole) throw tooLarge(requestId);
  return { status: reply.status, headers: { ...reply.headers, ...replayHeaders(requestId) }, body: reply.read() };
}
