import { type Kysely, sql } from 'kysely';
import { AnchorSigner } from '../../src/audit/anchor-signer.service';
import type { AuditRepository } from '../../src/audit/audit.repository';
import { ChainVerification } from '../../src/audit/chain-verification.service';
import { hasPlace, type VerifiedChain, verifyChain } from '../../src/audit/chain-verifier';
import type { ChainPlace, ChainRepository } from '../../src/audit/chain.repository';
import { Clock } from '../../src/common/clock';
import type { DataDirectory } from '../../src/config/data-directory';
import type { GatewayConfig } from '../../src/config/gateway-config';
import type { Database } from '../../src/database/database.connection';
import { RevisionsRepository } from '../../src/database/revisions.repository';
import type { Schema } from '../../src/database/schema';
import { KeysRepository } from '../../src/keys/keys.repository';
import { TeamsRepository } from '../../src/teams/teams.repository';
import {
  during,
  ENTRIES,
  partsOf,
  tamper,
  type Tampering,
  TAMPERINGS,
  UNDONE,
  WHOLE_WITHOUT_ANCHOR,
} from '../support/audit-tampering';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

/** Shorter than the chain, so that attacks meet the ends of pages. */
const PAGE = 5;

describe.each(DATABASE_PROFILES)('the chain of the audit, on %s', (profile) => {
  let database: TestDatabase;
  let db: Kysely<Schema>;
  let audit: AuditRepository;
  let chain: ChainRepository;
  let head: ChainPlace;

  const verified = (within: Kysely<Schema> = db): Promise<VerifiedChain> => verifyChain(partsOf(within).chain, PAGE);
  const placeOf = async () => {
    const { seq, hash } = (await chain.head())!;
    return { seq, hash };
  };

  beforeAll(async () => {
    database = await openTestDatabase(profile, 8);
    ({ db } = database);
    ({ audit, chain } = partsOf(db));
    for (let index = 2; index <= ENTRIES; index += 1) {
      const [before, after] = [
        { limit_usd: '5', name: `${index}` },
        { name: `${index}`, limit_usd: `${index}` },
      ];
      await audit.record({ actor: 'key_A', action: 'budget.updated', subject: `budget_${index}`, before, after });
    }
    head = await placeOf();
  });
  afterAll(() => database?.close());

  it('begins with an entry of the migration, and is whole', async () => {
    const [first] = await chain.entries(undefined, 1, 1);
    expect(first).toMatchObject({ seq: 1, actor: 'gateway', action: 'audit.chain_started', details: { events: 0 } });
    const whole = { entries: ENTRIES, earlierEvents: 0, firstAt: first!.created_at, head, broken: null };
    expect(await verified()).toMatchObject(whole);
    expect(head.seq).toBe(ENTRIES);
  });

  it.each(TAMPERINGS)('X11: shows %s', async (_, tampering, seq, problem) => {
    const { broken } = await during(db, tampering, verified);
    expect(broken).toEqual({ seq, problem });
    expect((await verified()).broken).toBeNull();
  });

  it.each(WHOLE_WITHOUT_ANCHOR)('X11: shows %s by an anchor', async (_, tampering) => {
    const [{ broken }, isThere] = await during(db, tampering, async (transaction) => [
      await verified(transaction),
      await hasPlace(partsOf(transaction).chain, head),
    ]);
    expect([broken, isThere, await hasPlace(chain, head)]).toEqual([null, false, true]);
  });

  it('X11: shows a rewritten chain to a process that has read it before, and to who has kept an anchor', async () => {
    const [, [, tampering]] = WHOLE_WITHOUT_ANCHOR as [unknown, [string, Tampering]];
    const signer = new AnchorSigner({ secretKey: 'a secret key' } as GatewayConfig, {} as DataDirectory);
    await during(db, `SELECT 1`, async (transaction) => {
      const reading = partsOf(transaction).chain;
      const verification = new ChainVerification(reading, signer, new Clock());
      const { ok, head: read } = await verification.verify(0);
      expect([ok, read]).toEqual([true, { ...head, anchor: signer.sign(head) }]);
      await tamper(transaction, tampering);
      expect(await verification.verify(60)).toMatchObject({ ok: true });
      const broken = { ok: false, broken: { seq: ENTRIES, problem: 'anchor' } };
      expect(await verification.verify(0)).toMatchObject(broken);
      const another = new ChainVerification(reading, signer, new Clock());
      expect(await another.verify(0)).toMatchObject({ ok: true });
      expect(await another.verify(60, signer.sign(head))).toMatchObject(broken);
    });
  });

  it.each([
    `UPDATE audit_events SET actor = 'key_other' WHERE seq = 7`,
    `UPDATE audit_events SET actor = 'key_other' WHERE false`,
    `DELETE FROM audit_events WHERE seq = 7`,
    `TRUNCATE audit_events`,
  ])('refuses %s', async (statement) => {
    await expect(sql.raw(statement).execute(db)).rejects.toThrow('audit_events is only added to');
    expect((await verified()).broken).toBeNull();
  });

  it('refuses events that do not follow the head, as processes of the version before write them', async () => {
    const event = { id: 'audit_old', actor: 'admin', action: 'team.created', details: '{}' };
    const wrong = [
      event,
      { ...event, seq: BigInt(ENTRIES + 2), prev_hash: head.hash, hash: head.hash },
      { ...event, seq: BigInt(ENTRIES + 1), prev_hash: 'a'.repeat(64), hash: head.hash },
      { ...event, seq: BigInt(ENTRIES), prev_hash: head.hash, hash: head.hash },
    ];
    for (const row of wrong)
      await expect(
        db
          .insertInto('audit_events')
          .values(row as never)
          .execute(),
      ).rejects.toThrow('does not follow');
    expect(await verified()).toMatchObject({ entries: ENTRIES, broken: null });
  });

  it('has no gap where a transaction was rolled back', async () => {
    const record = (within: Kysely<Schema>) =>
      audit.record({ actor: 'admin', action: 'team.created', subject: 'team_1' }, within);
    await db
      .transaction()
      .execute(async (transaction) => {
        await record(transaction);
        throw UNDONE;
      })
      .catch(() => undefined);
    const { seq } = await placeOf();
    await record(db);
    expect((await placeOf()).seq).toBe(seq + 1);
    expect(await verified()).toMatchObject({ entries: seq + 1, broken: null });
  });

  it('takes every value as the database reads it back', async () => {
    const after = {
      z: [1e21, 1e-7, 0.1 + 0.2, -0, 1.5e300, 5e-324, Number.MAX_SAFE_INTEGER, 123456789012345680000],
      ä: { '\ufb33': '\u0000'.length, '\u{1f600}': '가\u0001\n"\\', '': [], '10': {}, '9': null },
      at: new Date(0),
      none: undefined,
    };
    await audit.record({ actor: 'admin', action: 'team.created', subject: '팀', after, details: after });
    expect((await verified()).broken).toBeNull();
    const refused = audit.record({ actor: 'admin', action: 'team.created', subject: '\ud800' });
    await expect(refused).rejects.toThrow('surrogate');
  });

  it('is one chain of what many record at once', async () => {
    const { seq } = await placeOf();
    const acts = Array.from({ length: 50 }, (_, index) => {
      const events = Array.from({ length: 1 + (index % 3) }, (__, nth) => ({
        actor: `key_${index}`,
        action: 'key.updated' as const,
        subject: `key_${nth}`,
      }));
      return audit.recordAll(events, db);
    });
    const ids = (await Promise.all(acts)).flat();
    expect(new Set(ids).size).toBe(99);
    expect(await verified()).toMatchObject({ entries: seq + 99, broken: null });
  });

  (profile === 'embedded' ? it.skip : it)('is locked after everything else by the deletion of a team', async () => {
    const asked = { db } as Database;
    const teams = new TeamsRepository(asked, audit);
    const keys = new KeysRepository(asked, new RevisionsRepository(asked), audit, teams);
    await teams.insert('team_ends', 'ends', 'admin');
    const limits = { models: null, rpmLimit: null, batchLinesCount: true, defaultMaxTokens: null, expiresAt: null };
    const identity = { id: 'key_ends', prefix: 'sk', hash: 'h', name: 'k', role: 'member' as const, cache: null };
    await keys.insert('team_ends', { ...identity, ...limits } as never, 'admin');
    // Runs after the keys are revoked.
    teams.onDelete(async () => {
      await db.transaction().execute((other) => sql`SELECT FROM audit_head FOR UPDATE NOWAIT`.execute(other));
      return {};
    });
    expect(await teams.delete('team_ends', { force: true, actor: 'admin' })).toBe(true);
    const [revoked, deleted] = (await chain.entries(undefined, 1_000, 1_000)).slice(-2);
    expect([revoked?.action, deleted?.action]).toEqual(['key.revoked', 'team.deleted']);
  });
});
