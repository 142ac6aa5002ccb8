import { Injectable } from '@nestjs/common';
import type { AuditVerification } from '@thriftgate/contracts';
import { Clock } from '../common/clock';
import { GatewayError } from '../common/errors';
import { oneAtATime } from '../common/runtime/one-at-a-time';
import { AnchorSigner } from './anchor-signer.service';
import { type ChainBreak, hasPlace, type VerifiedChain, verifyChain } from './chain-verifier';
import { type ChainPlace, ChainRepository } from './chain.repository';

interface Verification extends VerifiedChain {
  /** Milliseconds since 1970 at the begin of the reading. */
  atMs: number;
}

/** Verifies the chain of the audit, and remembers what it has seen: a chain that changes afterwards is found by that too. */
@Injectable()
export class ChainVerification {
  private last: Verification | undefined;
  /** The head of the last chain that was whole. */
  private known: ChainPlace | undefined;
  private readonly readAll = oneAtATime(async () => {
    const atMs = this.clock.now();
    const verified = await verifyChain(this.chain);
    const isKnown = this.known === undefined || (await hasPlace(this.chain, this.known));
    const broken = verified.broken ?? (isKnown ? null : anchorBreak(this.known));
    if (broken === null && verified.head) this.known = verified.head;
    this.last = { ...verified, broken, atMs };
  });

  constructor(
    private readonly chain: ChainRepository,
    private readonly anchors: AnchorSigner,
    private readonly clock: Clock,
  ) {}

  /**
   * @param maxAgeSeconds how old a verification may be that is returned again; requests at once share one
   * @param anchor `<seq>:<hash>` or `<seq>:<hash>:<hmac>`; it is looked up in any case
   * @throws GatewayError `invalid_request` for an anchor with a wrong HMAC
   */
  async verify(maxAgeSeconds: number, anchor?: string): Promise<AuditVerification> {
    const place = anchor === undefined ? undefined : this.placeOf(anchor);
    // Below 0 after the clock was set back: the age of the last one is not known then.
    const ageMs = this.last === undefined ? Infinity : this.clock.now() - this.last.atMs;
    if (maxAgeSeconds === 0 || ageMs < 0 || ageMs > maxAgeSeconds * 1_000) await this.readAll();
    const last = this.last as Verification;
    const isThere = place === undefined || (await hasPlace(this.chain, place));
    return this.toWire(last, last.broken ?? (isThere ? null : anchorBreak(place)));
  }

  /** Whether the chain has the entry of an anchor. @throws GatewayError as {@link verify} */
  has(anchor: string): Promise<boolean> {
    return hasPlace(this.chain, this.placeOf(anchor));
  }

  private placeOf(anchor: string): ChainPlace {
    const place = this.anchors.read(anchor);
    if (place) return place;
    const message = 'The HMAC of the anchor is not of this SECRET_KEY: it is not of this gateway, or was changed.';
    throw new GatewayError('invalid_request', { message, param: 'anchor' });
  }

  private toWire(chain: Verification, broken: ChainBreak | null): AuditVerification {
    const { entries, earlierEvents, firstAt, lastAt, head, atMs } = chain;
    return {
      ok: broken === null,
      entries,
      earlier_events: earlierEvents,
      first_at: firstAt,
      last_at: lastAt,
      head: head && { ...head, anchor: this.anchors.sign(head) },
      broken,
      verified_at: new Date(atMs).toISOString(),
    };
  }
}

function anchorBreak(place: ChainPlace | undefined): ChainBreak {
  return { seq: place?.seq ?? 1, problem: 'anchor' };
}
