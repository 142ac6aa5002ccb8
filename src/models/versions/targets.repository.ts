import { Injectable } from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import { GATEWAY } from '../../audit/audit-event';
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

@Injectable()
export class TargetsRepository {
  constructor(
    private readonly database: Database,
    private readonly generations: GenerationsRepository,
  ) {}

  /**
   * Compares the models with their stored targets and versions, and starts new generations of those with a new target or a
   * new configured version.
   *
   * @returns the started generations
   */
  compare(wanted: readonly ModelTarget[]): Promise<NewGenerations[]> {
    return this.generations.locked(async (transaction) => {
      const storedTargets = new Map((await allTargets(transaction)).map((row) => [row.model, row]));
      const declared = new Map((await versionsInForce(transaction)).map(({ model, version }) => [model, version]));
      const started = wanted.flatMap((now) =>
        changeOf(now, storedTargets.get(now.model), declared.get(now.model) ?? null),
      );
      for (const change of started) await this.generations.startWithin(transaction, change);
      const changed = wanted.filter(({ model, target, version }) => {
        const before = storedTargets.get(model);
        return before?.target !== target || before.version !== version;
      });
      await storeTargets(changed, transaction);
      return started;
    });
  }

  /** Stores a model's new target and returns the old one. Only in a transaction of `locked`. */
  async retarget(model: string, target: string, transaction: Transaction<Schema>): Promise<string | undefined> {
    const before = (await allTargets(transaction)).find((row) => row.model === model);
    await storeTargets([{ model, target, version: before?.version ?? null }], transaction);
    return before?.target;
  }

  /** Every model that was ever served. */
  async models(): Promise<string[]> {
    return (await this.database.db.selectFrom('model_targets').select('model').execute()).map(({ model }) => model);
  }
}

function changeOf(now: ModelTarget, before: ModelTarget | undefined, declared: string | null): NewGenerations[] {
  const { model } = now;
  const isDeclared = now.version === null || now.version === declared;
  // A version that gateway.yaml already had is stored; what an administrator declared later stays.
  const version = isDeclared || before?.version === now.version ? null : now.version;
  if (before && before.target !== now.target) {
    const details = { before: before.target, now: now.target, ...(version === null ? {} : { version }) };
    return [{ models: [model], version, reason: 'retargeted', actor: GATEWAY, details }];
  }
  if (version === null) return [];
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
