import { Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import { GATEWAY } from '../../audit/audit-event';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import type { DeploymentVersionsTable } from '../../database/tables/model-tables';
import { GenerationsRepository } from '../generations.repository';
import { type DriftRule, compareName, type SeenName } from './drift';

/** A model version or fingerprint in a response. */
export interface NamedVersion {
  kind: DeploymentVersionsTable['kind'];
  name: string;
  /** For a fingerprint, the model version in the same response: the first fingerprint of a version is no drift. Else empty. */
  ofVersion: string;
}

/** A name that is stored. */
export interface StoredName extends NamedVersion {
  deployment: string;
  /** Milliseconds since 1970. */
  lastSeenMs: number;
}

/** A new name, and the models that have changed. */
export interface Drift extends NamedVersion {
  /** The deployment's last name before; empty if unknown. */
  before: string;
  models: string[];
}

/** The model versions and fingerprints in the responses of each deployment. */
@Injectable()
export class VersionsRepository {
  constructor(
    private readonly database: Database,
    private readonly generations: GenerationsRepository,
  ) {}

  /** The names in earlier responses of all deployments. */
  async all(): Promise<StoredName[]> {
    const rows = await this.database.db
      .selectFrom('deployment_versions')
      .select(['deployment', 'kind', 'name', 'of_version', 'last_seen_at'])
      .where('expected', '=', false)
      .execute();
    return rows.map(({ of_version: ofVersion, last_seen_at: lastSeenAt, ...row }) => ({
      ...row,
      ofVersion,
      lastSeenMs: lastSeenAt.getTime(),
    }));
  }

  /**
   * Stores the names in a response and starts new generations of the models that have changed, in one transaction: of several
   * processes that detect the same change, one starts them.
   *
   * @param affectedModels the models whose stored responses must not be served after the change
   */
  store(
    deployment: string,
    names: readonly NamedVersion[],
    nowMs: number,
    rule: DriftRule,
    affectedModels: (named: NamedVersion) => string[],
  ): Promise<{ drifts: Drift[]; flapping: boolean }> {
    return this.generations.locked(async (transaction) => {
      const drifts: Drift[] = [];
      let flapping = false;
      for (const named of names) {
        const seen = await seenNames(deployment, named, transaction);
        // Each new model version is another model, however many there are. Only fingerprints flap.
        const verdict = compareName(named.name, seen, nowMs, named.kind === 'model' ? withoutLimit(rule) : rule);
        flapping ||= verdict === 'flapping';
        if (verdict === 'flapping') continue;
        await storeName(deployment, named, verdict !== 'known', nowMs, transaction);
        if (verdict !== 'drift') continue;
        const models = affectedModels(named);
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

  /** Marks a version as known before the deployments' responses have it. */
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

  /** The deployments whose responses have had a version. */
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

const withoutLimit = (rule: DriftRule): DriftRule => ({ ...rule, maxNewPerDay: Infinity });

/** The name that was seen last is the last one. */
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

async function storeName(
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
