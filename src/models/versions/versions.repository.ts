import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { GATEWAY } from '../../audit/audit-event';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import type { DeploymentVersionsTable } from '../../database/tables/model-tables';
import { GenerationsRepository } from '../generations.repository';
import { type DriftRule, judgeName, type SeenName } from './drift';

/** What an answer says of who wrote it. */
export interface NamedVersion {
  kind: DeploymentVersionsTable['kind'];
  name: string;
  /** For a fingerprint, the model version that it came with: another version's first one is no news. Else empty. */
  ofVersion: string;
}

/** A name that means that models have changed. */
export interface Drift extends NamedVersion {
  /** What the deployment named last before. */
  before: string;
  models: string[];
}

/** What deployments have named in their answers: model versions and fingerprints. */
@Injectable()
export class VersionsRepository {
  constructor(
    private readonly database: Database,
    private readonly generations: GenerationsRepository,
  ) {}

  /**
   * Keeps what an answer named, and starts new generations of the models that have changed by it, all at once: of several
   * processes that see the same change, one starts them.
   *
   * @param modelsHitBy the models whose stored answers are no good after the change
   */
  note(
    deployment: string,
    names: readonly NamedVersion[],
    nowMs: number,
    rule: DriftRule,
    modelsHitBy: (named: NamedVersion) => string[],
  ): Promise<{ drifts: Drift[]; flapping: boolean }> {
    return this.generations.locked(async (transaction) => {
      const drifts: Drift[] = [];
      let flapping = false;
      for (const named of names) {
        const seen = await seenNames(deployment, named, transaction);
        // A model's own name may change as often as it likes: each is another model. Only fingerprints flap.
        const verdict = judgeName(named.name, seen, nowMs, named.kind === 'model' ? ALWAYS(rule) : rule);
        flapping ||= verdict === 'flapping';
        if (verdict === 'flapping') continue;
        await noteName(deployment, named, verdict !== 'known', nowMs, transaction);
        if (verdict !== 'drift') continue;
        const models = modelsHitBy(named);
        if (models.length === 0) continue;
        const before = seen.findLast(({ expected }) => !expected)?.name ?? '';
        const details = { deployment, [named.kind]: named.name, before };
        await this.generations.startWithin(transaction, {
          models,
          version: null,
          reason: 'drift',
          actor: GATEWAY,
          details,
        });
        drifts.push({ ...named, before, models });
      }
      return { drifts, flapping };
    });
  }

  /** Takes a version for known before the deployments name it. */
  async expect(deployments: readonly string[], version: string): Promise<void> {
    if (deployments.length === 0) return;
    const now = new Date();
    await this.database.db
      .insertInto('deployment_versions')
      .values(deployments.map((deployment) => ({ deployment, kind: 'model' as const, name: version, expected: true })))
      .onConflict((conflict) =>
        conflict.columns(['deployment', 'kind', 'of_version', 'name']).doUpdateSet({ last_seen_at: now }),
      )
      .execute();
  }

  /** The deployments that have named a version. */
  async deploymentsOf(version: string): Promise<string[]> {
    const rows = await this.database.db
      .selectFrom('deployment_versions')
      .select('deployment')
      .distinct()
      .where('name', '=', version)
      .execute();
    return rows.map(({ deployment }) => deployment);
  }
}

const ALWAYS = (rule: DriftRule): DriftRule => ({ ...rule, mostNewADay: Infinity });

/** The one that was seen last comes last. */
async function seenNames(
  deployment: string,
  { kind, ofVersion }: NamedVersion,
  transaction: Transaction<Schema>,
): Promise<SeenName[]> {
  const rows = await transaction
    .selectFrom('deployment_versions')
    .select(['name', 'first_seen_at', 'last_seen_at', 'expected'])
    .where('deployment', '=', deployment)
    .where('kind', '=', kind)
    .where('of_version', '=', ofVersion)
    .orderBy('last_seen_at')
    .execute();
  return rows.map((row) => ({
    name: row.name,
    firstSeenMs: row.first_seen_at.getTime(),
    lastSeenMs: row.last_seen_at.getTime(),
    expected: row.expected,
  }));
}

async function noteName(
  deployment: string,
  { kind, name, ofVersion }: NamedVersion,
  isNew: boolean,
  nowMs: number,
  transaction: Transaction<Schema>,
): Promise<void> {
  const now = new Date(nowMs);
  await transaction
    .insertInto('deployment_versions')
    .values({ deployment, kind, of_version: ofVersion, name, first_seen_at: now, last_seen_at: now })
    .onConflict((conflict) =>
      conflict
        .columns(['deployment', 'kind', 'of_version', 'name'])
        .doUpdateSet({ last_seen_at: now, expected: false, ...(isNew ? { first_seen_at: now } : {}) }),
    )
    .execute();
}
