import { Clock } from '../common/clock';
import type { DataDirectory } from '../config/data-directory';
import type { GatewayConfig } from '../config/gateway-config';
import { AnchorSigner } from './anchor-signer.service';
import { ChainVerification } from './chain-verification.service';
import type { ChainRepository, StoredEntry } from './chain.repository';
import { hashOf, NO_HASH } from './chained-entry';

const EMPTY_DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** A chain in memory that counts what is read of it. */
class FakeChain {
  readonly entriesInOrder: StoredEntry[] = [];
  /** The lengths of pages that were asked for. */
  readonly pages: number[] = [];
  readings = 0;

  add(): void {
    const last = this.entriesInOrder.at(-1);
    const seq = (last?.seq ?? 0) + 1;
    const entry = {
      seq,
      prev_hash: last?.hash ?? NO_HASH,
      id: `audit_${seq}`,
      created_at: new Date(seq * 1_000).toISOString(),
      actor: 'gateway',
      action: 'team.created',
      subject: null,
      team_id: null,
      before: null,
      after: null,
      details: seq === 1 ? { events: 0, digest: EMPTY_DIGEST } : {},
    };
    this.entriesInOrder.push({ ...entry, hash: hashOf(entry) });
  }

  head() {
    this.readings += 1;
    const last = this.entriesInOrder.at(-1);
    return Promise.resolve(last && { seq: last.seq, hash: last.hash, lastSeq: last.seq });
  }

  entries(after: StoredEntry | undefined, upTo: number, limit: number) {
    this.pages.push(limit);
    return Promise.resolve(this.entriesInOrder.slice(after?.seq ?? 0, upTo).slice(0, limit));
  }

  earlier() {
    return Promise.resolve([]);
  }

  hashAt(seq: number) {
    return Promise.resolve(this.entriesInOrder[seq - 1]?.hash);
  }
}

describe('the verification of the audit', () => {
  let chain: FakeChain;
  let verification: ChainVerification;
  let nowMs: number;
  const signer = new AnchorSigner({ secretKey: 'a secret' } as GatewayConfig, {} as DataDirectory);

  beforeEach(() => {
    chain = new FakeChain();
    for (let count = 0; count < 1_234; count += 1) chain.add();
    nowMs = 1_000_000;
    const clock: Clock = { now: () => nowMs };
    verification = new ChainVerification(chain as Partial<ChainRepository> as ChainRepository, signer, clock);
  });

  it('reads the whole chain in short pages, between which the process does other work', async () => {
    const { hash } = chain.entriesInOrder.at(-1)!;
    expect(await verification.verify(0)).toEqual({
      ok: true,
      entries: 1_234,
      earlier_events: 0,
      first_at: '1970-01-01T00:00:01.000Z',
      last_at: '1970-01-01T00:20:34.000Z',
      head: { seq: 1_234, hash, anchor: signer.sign({ seq: 1_234, hash }) },
      broken: null,
      verified_at: '1970-01-01T00:16:40.000Z',
    });
    expect(Math.max(...chain.pages)).toBeLessThanOrEqual(100);
  });

  it('is returned again until it is too old', async () => {
    await verification.verify(60);
    chain.add();
    nowMs += 60_000;
    expect((await verification.verify(60)).entries).toBe(1_234);
    expect(chain.readings).toBe(1);
    nowMs += 1;
    expect((await verification.verify(60)).entries).toBe(1_235);
    chain.add();
    expect((await verification.verify(0)).entries).toBe(1_236);
  });

  it('is too old once the clock was set back', async () => {
    await verification.verify(60);
    chain.add();
    nowMs -= 1;
    expect((await verification.verify(60)).entries).toBe(1_235);
  });

  it('is one for all who ask at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => verification.verify(0)));
    expect(chain.readings).toBe(1);
  });

  it('finds an entry of before another one, although the chain is whole', async () => {
    await verification.verify(0);
    const whole = chain.entriesInOrder.splice(0);
    for (const { created_at: at } of whole) {
      chain.add();
      const entry = chain.entriesInOrder.at(-1)!;
      const later = { ...entry, created_at: at.replace('1970', '1971') };
      Object.assign(entry, { ...later, hash: hashOf(later) });
    }
    const broken = { seq: 1_234, problem: 'anchor' };
    expect(await verification.verify(0)).toMatchObject({ ok: false, entries: 1_234, broken });
    expect(await verification.verify(0)).toMatchObject({ ok: false, broken });
  });

  it('looks an anchor up in any case, and names the first break', async () => {
    const anchor = signer.sign(chain.entriesInOrder[999]!);
    expect(await verification.verify(60, anchor)).toMatchObject({ ok: true });
    expect(await verification.verify(60, `1000:${'a'.repeat(64)}`)).toMatchObject({
      ok: false,
      broken: { seq: 1_000, problem: 'anchor' },
    });
    expect(await verification.verify(60, `1235:${'a'.repeat(64)}`)).toMatchObject({ broken: { seq: 1_235 } });
    chain.entriesInOrder[499]!.actor = 'key_other';
    const broken = { seq: 500, problem: 'changed' };
    expect(await verification.verify(0, `1235:${'a'.repeat(64)}`)).toMatchObject({ ok: false, entries: 499, broken });
  });

  it('refuses an anchor that is not signed by this gateway', async () => {
    const forged = `1000:${'a'.repeat(64)}:${'b'.repeat(64)}`;
    await expect(verification.verify(0, forged)).rejects.toMatchObject({ code: 'invalid_request', param: 'anchor' });
  });
});
