import { Injectable } from '@nestjs/common';
import type { CacheInvalidated } from '@thriftgate/contracts';
import { AuditRepository } from '../../audit/audit.repository';
import type { Scope } from '../../common/caller';
import { Clock } from '../../common/clock';
import { formatUsd, type PicoUsd } from '../../common/money';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { GenerationsService } from '../../models/generations.service';
import { TeamsService } from '../../teams/teams.service';
import { SharesRepository } from '../sharing/shares.repository';
import { CacheMemory } from '../stats/cache-memory.service';
import { CacheStatsRepository, type GroupCounts } from '../stats/cache-stats.repository';
import { AnswerFinder, type FoundAnswers } from './answer-finder.service';
import type { Criteria } from './invalidation-rule';

type DryRun = NonNullable<CacheInvalidated['dry_run']>;

const DAYS = 7;
const DAY_MS = 86_400_000;

/** What an invalidation would take away, and about what it would cost to have it again. */
@Injectable()
export class InvalidationPreview {
  constructor(
    private readonly finder: AnswerFinder,
    private readonly memory: CacheMemory,
    private readonly stats: CacheStatsRepository,
    private readonly shares: SharesRepository,
    private readonly teams: TeamsService,
    private readonly generations: GenerationsService,
    private readonly audit: AuditRepository,
    private readonly drain: LedgerDrain,
    private readonly clock: Clock,
  ) {}

  /**
   * Looks at the responses that match.
   *
   * @param scope what the caller's permission reaches: of other teams it learns nothing
   */
  async of(criteria: Criteria, scope: Scope): Promise<{ invalidatedKeys: number; dryRun: DryRun }> {
    const found = await this.finder.find(criteria);
    const names = [...found.byModel.keys()];
    await this.drain.flush();
    const recent = await this.recent(scope.teamId ?? criteria.teamId);
    const sizes = await this.memory.count();
    const rows = names.map((model) => {
      const { answers, bytes } = found.byModel.get(model) ?? { answers: 0, bytes: 0 };
      const { generation, version } = this.generations.current(model);
      const whole = sizes.find((size) => size.model === model && size.generation === generation)?.bytes ?? 0;
      const refillPusd = refillCost(answers, recent.get(model));
      return { model, version, generation, answers, bytes: bytes ?? whole, refillPusd };
    });
    return {
      invalidatedKeys: rows.reduce((sum, { answers }) => sum + answers, 0),
      dryRun: {
        models: rows.map(({ refillPusd, ...row }) => ({ ...row, refill_cost_usd: formatUsd(refillPusd) })),
        bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
        refill_cost_usd: formatUsd(rows.reduce((sum, { refillPusd }) => sum + refillPusd, 0n)),
        teams: await this.affected(found, scope),
        last_audit_id: scope.teamId === undefined ? await this.lastAudit(criteria.model) : null,
      },
    };
  }

  /** The counts of each model in the last days. */
  private async recent(teamId: string | undefined): Promise<ReadonlyMap<string, GroupCounts>> {
    const fromDay = new Date(this.clock.now() - DAYS * DAY_MS).toISOString().slice(0, 10);
    const { data } = await this.stats.counts({ fromDay, teamId }, ['model'], undefined);
    return new Map(data.map((counts) => [String(counts.groups.model), counts]));
  }

  /** The teams whose calls can have hits on the responses. */
  private async affected({ scopes }: FoundAnswers, { teamId }: Scope): Promise<DryRun['teams']> {
    const shares = (await this.shares.list()).filter(({ id }) => scopes.has(id));
    const members = shares.some(({ all }) => all) ? await this.stats.teams() : shares.flatMap(({ teamIds }) => teamIds);
    const shared = new Set(shares.map(({ id }) => id));
    const ids = [...new Set([...[...scopes].filter((id) => !shared.has(id)), ...members])].toSorted();
    const seen = ids.filter((id) => teamId === undefined || id === teamId);
    const names = await this.teams.names(seen);
    return seen.filter((id) => names.has(id)).map((id) => ({ id, name: names.get(id) ?? null }));
  }

  private async lastAudit(model: string | undefined): Promise<string | null> {
    const filter = { action: 'cache.invalidated', ...(model !== undefined && { subject: model }) };
    const [last] = await this.audit.list(filter, undefined, 1);
    return last?.id ?? null;
  }
}

/** As many responses as had hits come again, at the list price of a hit. */
function refillCost(answers: number, recent: GroupCounts | undefined): PicoUsd {
  const hits = (recent?.hits ?? 0) + (recent?.coalesced ?? 0);
  if (!recent || hits === 0) return 0n;
  return (recent.savedPusd * BigInt(Math.min(answers, hits))) / BigInt(hits);
}
