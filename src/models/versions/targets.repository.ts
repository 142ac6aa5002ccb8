import { Injectable } from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import { GATEWAY } from '../../audit/audit-event';
import { AuditRepository } from '../../audit/audit.repository';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { GenerationsRepository, type NewGenerations } from '../generations.repository';

/** A model's target, see targetOf. */
export interface ModelTarget {
  model: string;
  target: string;
  /** The version in gateway.yaml; null without one. */
  version: string | null;
}

/** A model whose responses come from other deployments than before. */
export interface Retargeted {
  model: string;
  before: string;
  now: string;
}

export interface TargetChanges {
  /** The new generations of models whose configured version has changed. */
  started: NewGenerations[];
  retargeted: Retargeted[];
}

/** An audit event names at most so many models; the rest is only counted. */
const MAX_NAMED = 20;

@Injectable()
export class TargetsRepository {
  constructor(
    private readonly database: Database,
    private readonly generations: GenerationsRepository,
    private readonly audit: AuditRepository,
  ) {}

  /**
   * Compares the models with their stored targets and versions. A new configured version starts a new generation. A new target
   * starts none: it is a part of the cache key, so that going back finds the old responses.
   */
  compare(wanted: readonly ModelTarget[]): Promise<TargetChanges> {
    return this.generations.locked(async (transaction) => {
      const storedTargets = new Map((await allTargets(transaction)).map((row) => [row.model, row]));
      const declared = new Map((await versionsInForce(transaction)).map(({ model, version }) => [model, version]));
      const started = wanted.flatMap((now) =>
        configured(now, storedTargets.get(now.model), declared.get(now.model) ?? null),
      );
      for (const change of started) await this.generations.startWithin(transaction, change);
      const retargeted = wanted.flatMap(({ model, target: now }) => {
        const before = storedTargets.get(model)?.target ?? now;
        return before === now ? [] : [{ model, before, now }];
      });
      await this.record(retargeted, GATEWAY, transaction);
      const changed = wanted.filter(({ model, target, version }) => {
        const before = storedTargets.get(model);
        return before?.target !== target || before.version !== version;
      });
      await storeTargets(changed, transaction);
      return { started, retargeted };
    });
  }

  /** Stores a model's new target, and records it if it had another. Only in a transaction of `locked`. */
  async retarget(model: string, target: string, actor: string, transaction: Transaction<Schema>): Promise<void> {
    const before = (await allTargets(transaction)).find((row) => row.model === model);
    await storeTargets([{ model, target, version: before?.version ?? null }], transaction);
    if (before && before.target !== target)
      await this.record([{ model, before: before.target, now: target }], actor, transaction);
  }

  /** One event for all models: they change by one cause. */
  private async record(changes: readonly Retargeted[], actor: string, transaction: Transaction<Schema>): Promise<void> {
    const [first, second] = changes;
    if (!first) return;
    const targets = (pick: 'before' | 'now') =>
      Object.fromEntries(changes.slice(0, MAX_NAMED).map((change) => [change.model, change[pick]]));
    const details = { models: changes.length, before: targets('before'), now: targets('now') };
    const subject = second ? null : first.model;
    await this.audit.record({ actor, action: 'model.retargeted', subject, details }, transaction);
  }

  /** Every model that was ever served. */
  async models(): Promise<string[]> {
    return (await this.database.db.selectFrom('model_targets').select('model').execute()).map(({ model }) => model);
  }
}

function configured(now: ModelTarget, before: ModelTarget | undefined, declared: string | null): NewGenerations[] {
  const { model, version } = now;
  // A version that gateway.yaml already had is stored; what an administrator declared later stays.
  if (version === null || version === declared || before?.version === version) return [];
  return [{ models: [model], version, reason: 'configured', actor: GATEWAY, details: { version } }];
}

function allTargets(transaction: Transaction<Schema>): Promise<ModelTarget[]> {
  return transaction.selectFrom('model_targets').select(['model', 'target', 'version']).execute();
}

function versionsInForce(transaction: Transaction<Schema>): Promise<{ model: string; version: string | null }[]> {
  return transaction
    .selectFrom('model_generations')
    .distinctOn('model')
    .select(['model', 'version'])
    .orderBy('model')
    .orderBy('generation', 'desc')
    .execute();
}

async function storeTargets(targets: readonly ModelTarget[], transaction: Transaction<Schema>): Promise<void> {
  if (targets.length === 0) return;
  const [models, names, versions] = [
    targets.map(({ model }) => model),
    targets.map(({ target }) => target),
    targets.map(({ version }) => version),
  ];
  await sql`
    INSERT INTO model_targets (model, target, version)
    SELECT * FROM unnest(${models}::text[], ${names}::text[], ${versions}::text[])
    ON CONFLICT (model) DO UPDATE SET target = excluded.target, version = excluded.version, updated_at = now()`.execute(
    transaction,
  );
}
