import { Clock } from '../../common/clock';
import { PICO_PER_USD as USD } from '../../common/money';
import type { GatewayConfig } from '../../config/gateway-config';
import type { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import type { ModelRegistry } from '../../models/model-registry.service';
import type { DeferrableTraffic } from './deferrable-traffic.service';
import type { Opportunity } from './opportunity';
import { RepeatedQuestions } from './repeated-questions.service';
import type { MissedSaving, SavingsRepository, SavingsRow } from './savings.repository';
import { SavingsService } from './savings.service';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const day = (text: string) => new Date(`${text}T00:00:00Z`);

class SetClock extends Clock {
  override now(): number {
    return NOW;
  }
}

const row = (model: string, savedBy: string, listCostPusd: bigint, costPusd: bigint): SavingsRow => ({
  groups: { model },
  savedBy,
  requests: 1,
  listCostPusd,
  costPusd,
  savedPusd: listCostPusd - costPusd,
});
const missed = (reason: string, costPusd: bigint): MissedSaving => ({
  reason,
  model: 'm',
  keyId: null,
  calls: 2,
  costPusd,
  estimated: false,
});

describe('SavingsService', () => {
  const steps: string[] = [];
  const filters: Parameters<SavingsRepository['sums']>[0][] = [];
  let rows: SavingsRow[];
  let repeats: MissedSaving[];
  let deferrable: Opportunity[];
  const repository: Pick<SavingsRepository, 'sums' | 'repeats'> = {
    sums: async (filter) => {
      steps.push('read');
      filters.push(filter);
      return rows;
    },
    repeats: () => Promise.resolve(repeats),
  };
  const savings = (redisUrl?: string) =>
    new SavingsService(
      repository as SavingsRepository,
      { flush: async () => void steps.push('flush') } as Pick<LedgerDrain, 'flush'> as LedgerDrain,
      new SetClock(),
      new RepeatedQuestions(
        repository as SavingsRepository,
        { all: () => [] } as Partial<ModelRegistry> as ModelRegistry,
        { redisUrl } as GatewayConfig,
      ),
      { opportunities: async () => deferrable } as Partial<DeferrableTraffic> as DeferrableTraffic,
    );

  beforeEach(() => {
    steps.length = 0;
    filters.length = 0;
    [rows, repeats, deferrable] = [[], [], []];
  });

  it('sums each group and the total, with the savings by source', async () => {
    rows = [
      row('a', 'cache', 10n, 0n),
      row('a', 'prompt_cache', 10n, 7n),
      row('a', '', 4n, 4n),
      row('b', 'cache', 1n, 0n),
    ];
    const { data, total } = await savings().report({}, ['model']);
    expect(data).toEqual([
      {
        groups: { model: 'a' },
        requests: 3,
        listCostPusd: 24n,
        costPusd: 11n,
        savedPusd: 13n,
        by: { cache: 10n, coalesced: 0n, dedupe: 0n, batch: 0n, prompt_cache: 3n, routing: 0n },
      },
      expect.objectContaining({ groups: { model: 'b' }, savedPusd: 1n }),
    ]);
    expect(total).toMatchObject({ requests: 4, listCostPusd: 25n, costPusd: 11n, savedPusd: 14n, by: { cache: 11n } });
    expect(steps).toEqual(['flush', 'read']);
  });

  it('counts a correction to a higher cost as a negative saving', async () => {
    rows = [row('a', 'routing', 10n, 12n)];
    expect((await savings().report({}, [])).total).toMatchObject({ savedPusd: -2n, by: { routing: -2n } });
  });

  it('is zero without calls', async () => {
    expect(await savings().report({}, ['model'])).toMatchObject({ data: [], total: { requests: 0, savedPusd: 0n } });
  });

  it('N8: lists missed savings, the largest first', async () => {
    const waiting = { ...missed('not_batched', 10n * USD), couldSavePusd: 5n * USD, setting: 'Send them as lines.' };
    deferrable = [{ ...waiting, kind: 'deferrable_traffic' }];
    repeats = [missed('bypass', 3n * USD), missed('expired', 8n * USD)];
    const found = await savings().opportunities({});
    expect(found.map(({ kind, reason, couldSavePusd }) => [kind, reason, couldSavePusd])).toEqual([
      ['repeated_question', 'expired', 8n * USD],
      ['deferrable_traffic', 'not_batched', 5n * USD],
      ['repeated_question', 'bypass', 3n * USD],
    ]);
    expect(found.map(({ setting }) => setting)).toEqual([
      expect.stringContaining('ttl_seconds'),
      'Send them as lines.',
      expect.stringContaining('no-store'),
    ]);
  });

  it('N8: leaves out what would save less than a dollar in 30 days', async () => {
    // What counts is the saving, not the cost.
    const waiting = { ...missed('not_batched', USD), couldSavePusd: USD / 4n - 1n, setting: '' };
    deferrable = [{ ...waiting, kind: 'deferrable_traffic' }];
    repeats = [missed('bypass', USD / 4n), missed('expired', USD / 4n - 1n)];
    const from = new Date(NOW - 7.5 * 24 * 3_600_000);
    expect((await savings().opportunities({ from })).map(({ reason }) => reason)).toEqual(['bypass']);
    expect(await savings().opportunities({ from: new Date(NOW - 8 * 24 * 3_600_000) })).toEqual([]);
    [repeats, deferrable] = [[missed('bypass', USD / 10_000n)], []];
    expect(await savings().opportunities({ from: new Date(NOW - 1) })).toEqual([]);
  });

  it.each([
    [undefined, /CACHE_MEMORY_MB.*REDIS_URL/],
    ['redis://cache', /^(?!.*REDIS_URL|.*use Redis).*maxmemory/],
  ])('N8: names the memory that this gateway has, with Redis at %s', async (redisUrl, setting) => {
    repeats = [missed('not_there', 2n * USD)];
    expect((await savings(redisUrl).opportunities({}))[0]?.setting).toMatch(setting);
  });

  it.each(['invalidated', 'new_version', 'expired', 'bypass', 'refresh', 'cut'])(
    'N8: says what to change for %s',
    async (reason) => {
      repeats = [missed(reason, 2n * USD)];
      expect((await savings().opportunities({}))[0]?.setting).toMatch(/\w/);
    },
  );

  it('covers at most 92 days, and 30 by default', async () => {
    const tooLong = { code: 'invalid_request', param: 'from' };
    const from = new Date(NOW - 92 * 24 * 3_600_000 - 1);
    await expect(savings().report({ from }, [])).rejects.toMatchObject(tooLong);
    await expect(savings().opportunities({ from })).rejects.toMatchObject(tooLong);
    expect(steps).toEqual([]);
    await savings().report({ team_id: 'team_1', from: new Date(from.getTime() + 1) }, []);
    await savings().report({ from: day('2026-11-01'), to: day('2027-12-01') }, []);
    await savings().report({}, []);
    expect(filters).toEqual([
      { team_id: 'team_1', from: new Date(from.getTime() + 1), to: day('2026-11-24') },
      { from: day('2026-11-01'), to: day('2027-12-01') },
      { from: day('2026-10-24'), to: day('2026-11-24') },
    ]);
  });
});
