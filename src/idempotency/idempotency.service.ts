import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { toGatewayError } from '../common/gateway-error.filter';
import { Database } from '../database/database.connection';
import { Journal } from '../usage/journal.service';
import type { CallIdentity } from './idempotency-key';
import { type Claim, IdempotencyRepository, type StoredReply } from './idempotency.repository';
import { type Reply, SharedReply } from './shared-reply';

const LARGEST_KEPT_BYTES = 16 * 1024 * 1024;
const LOOK_AGAIN_MS = 100;
/** How long a repeat waits for a call that another process makes. */
const PATIENCE_MS = 10 * 60_000;
/** How often and for how long an answer is tried to be kept while the database is away. */
const KEEP_AGAIN_MS = 500;
const KEEP_TRIES_MS = 10 * 60_000;
const SWEEP_EVERY_MS = 10 * 60_000;

/** What a call came to, as its maker hands it over. */
export interface Made {
  status: number;
  headers: Record<string, string>;
  body: AsyncIterable<Buffer | string>;
}

/** Makes a call. @throws GatewayError; whether anything may have been charged is asked afterwards */
export interface Making {
  make(): Promise<Made>;
  /** Whether an upstream may have charged for the call. */
  mayBeCharged(): boolean;
}

interface Running {
  requestId: string;
  reply: Promise<SharedReply>;
}

/**
 * Makes each call with an `Idempotency-Key` once. Repeats get the same answer: while it comes, when it has come, from every
 * process and after a restart, for a day.
 *
 * @see https://docs.stripe.com/api/idempotent_requests
 */
@Injectable()
export class IdempotencyService implements OnApplicationBootstrap {
  private readonly logger = new Logger(IdempotencyService.name);
  /** Calls that this process makes now. */
  private readonly running = new Map<string, Running>();
  private readonly unfinished = new Set<Promise<void>>();

  constructor(
    private readonly repository: IdempotencyRepository,
    private readonly journal: Journal,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.sweep(), SWEEP_EVERY_MS).unref();
    this.database.beforeClose(async () => {
      clearInterval(timer);
      await Promise.allSettled(this.unfinished);
    });
  }

  /**
   * The answer of the call, made now or before. It is made to its end even if its client leaves, for whoever repeats it.
   *
   * @param hasLeft whether the client that waits has gone
   * @throws GatewayError what the call itself throws; `idempotency_key_reused` where the key belongs to another call;
   *   `idempotency_result_unknown` where the process that made the call is gone; `unavailable` while the database is away
   */
  async once(identity: CallIdentity, making: Making, hasLeft: () => boolean): Promise<Reply> {
    const name = `${identity.teamId} ${identity.key} ${identity.fingerprint}`;
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const here = this.running.get(name);
      if (here) return sharedReply(await here.reply, here.requestId);
      const claim = await this.claim(identity);
      if (claim.kind === 'ours') return this.make(name, identity, making);
      if (claim.kind === 'other_call') throw new GatewayError('idempotency_key_reused', { param: 'Idempotency-Key' });
      if (claim.kind === 'done') return storedReply(claim.reply);
      if (claim.epoch !== this.journal.epoch) await this.afterDeath(identity, claim);
      if (hasLeft() || Date.now() >= deadline) throw new GatewayError('conflict', { message: STILL_RUNNING });
      await delay(LOOK_AGAIN_MS);
    }
  }

  private async claim(identity: CallIdentity): Promise<Claim> {
    try {
      return await this.repository.claim(identity, this.journal.epoch);
    } catch (cause) {
      throw new GatewayError('unavailable', { message: AWAY, cause });
    }
  }

  private async make(name: string, identity: CallIdentity, making: Making): Promise<Reply> {
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

  private async start(identity: CallIdentity, making: Making): Promise<SharedReply> {
    try {
      const { status, headers, body } = await making.make();
      const reply = new SharedReply(status, headers);
      reply.fill(body, (bytes) => this.keep(identity, { status, headers, body: bytes }));
      return reply;
    } catch (thrown) {
      await this.afterFailure(identity, making, thrown);
      throw thrown;
    }
  }

  /** A call that came to nothing may be sent again; one that may have cost something is answered with its error from now on. */
  private async afterFailure(identity: CallIdentity, making: Making, thrown: unknown): Promise<void> {
    if (making.mayBeCharged()) {
      const error = toGatewayError(thrown);
      const body = Buffer.from(JSON.stringify(error.toBody()));
      return this.keep(identity, { status: error.status, headers: JSON_TYPE, body });
    }
    await this.repository
      .free(identity, this.journal.epoch)
      .catch((error: unknown) => this.logger.warn({ err: error }, 'an Idempotency-Key was not freed'));
  }

  /** Keeps an answer. Where the database is away it goes out all the same, and is kept as soon as that is possible. */
  private async keep(identity: CallIdentity, reply: Omit<StoredReply, 'requestId'>): Promise<void> {
    const fits = reply.body === null || reply.body.length <= LARGEST_KEPT_BYTES;
    const kept = fits ? reply : { ...reply, body: null };
    const { epoch } = this.journal;
    try {
      await this.repository.keep(identity, epoch, kept);
    } catch (error) {
      this.logger.warn({ err: error }, 'an answer to an Idempotency-Key is kept later');
      this.untilEnd(this.keepLater(identity, kept));
    }
  }

  private async keepLater(identity: CallIdentity, reply: Omit<StoredReply, 'requestId'>): Promise<void> {
    for (const deadline = Date.now() + KEEP_TRIES_MS; Date.now() < deadline;) {
      await delay(KEEP_AGAIN_MS, undefined, { ref: false });
      const kept = await this.repository.keep(identity, this.journal.epoch, reply).then(
        () => true,
        () => false,
      );
      if (kept) return;
    }
  }

  private untilEnd(work: Promise<void>): void {
    this.unfinished.add(work);
    void work.finally(() => this.unfinished.delete(work));
  }

  /** Frees the key of a call that a dead process never sent. @throws GatewayError where it may have been sent */
  private async afterDeath(identity: CallIdentity, { epoch, requestId }: Claim & { kind: 'running' }): Promise<void> {
    const fate = await this.repository.fateOf(epoch, requestId);
    if (fate === 'sent') {
      throw new GatewayError('idempotency_result_unknown', {
        message: `The process that made this call stopped before it had an answer. What it cost is in the ledger under ${requestId}. Use a new Idempotency-Key to ask again.`,
        param: 'Idempotency-Key',
      });
    }
    if (fate === 'not_sent') await this.repository.free(identity, epoch);
  }

  private async sweep(): Promise<void> {
    try {
      while ((await this.repository.sweep()) > 0);
    } catch (error) {
      this.logger.debug({ err: error }, 'old idempotency keys were not swept');
    }
  }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
const AWAY = 'A call with an Idempotency-Key can be promised only while the database answers. Try again shortly.';
const STILL_RUNNING = 'A call with this Idempotency-Key still runs. Try again shortly.';

function storedReply({ requestId, status, headers, body }: StoredReply): Reply {
  if (body === null) {
    throw new GatewayError('idempotency_result_unknown', {
      message: `The answer was too large to be kept. What it cost is in the ledger under ${requestId}.`,
      param: 'Idempotency-Key',
    });
  }
  return { status, headers: { ...headers, ...replayHeaders(requestId) }, body: oneOf(body) };
}

function sharedReply(reply: SharedReply, requestId: string): Reply {
  return { status: reply.status, headers: { ...reply.headers, ...replayHeaders(requestId) }, body: reply.read() };
}

function replayHeaders(requestId: string): Record<string, string> {
  return { 'idempotent-replayed': 'true', 'x-gateway-original-request-id': requestId };
}

async function* oneOf(body: Buffer): AsyncGenerator<Buffer, void, undefined> {
  yield body;
}
