import { Injectable } from '@nestjs/common';
import { sql, type Transaction } from 'kysely';
import { GATEWAY } from '../../audit/audit-event';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { GenerationsRepository, type NewGenerations } from '../generations.repository';

/** What stands behind a model's name, see targetOf. */
export interface ModelTarget {
  model: string;
  target: string;
  /** The version that gateway.yaml says; null where it says none. */
  version: string | null;
}

@Injectable()
export class TargetsRepository {
  constructor(
    private readonly database: Database,
    private readonly generations: GenerationsRepository,
  ) {}

  /**
   * Compares what the models are now with what they were when a process last looked, and starts new generations of those
   * that have another target or another configured version.
   *
   * @returns what was started
   */
  compare(wanted: readonly ModelTarget[]): Promise<NewGenerations[]> {
    return this.generations.locked(async (transaction) => {
      const remembered = new Map((await allTargets(transaction)).map((row) => [row.model, row]));
      const declared = new Map((await versionsInForce(transaction)).map(({ model, version }) => [model, version]));
      const started = wanted.flatMap((now) =>
        changeOf(now, remembered.get(now.model), declared.get(now.model) ?? null),
      );
      for (const change of started) await this.generations.startWithin(transaction, change);
      const news = wanted.filter(({ model, target, version }) => {
        const before = remembered.get(model);
        return before?.target !== target || before.version !== version;
      });
      await remember(news, transaction);
      return started;
    });
  }

  /** Remembers a model's target where it is known already that it is another one. In a transaction of `locked`. */
  async retarget(model: string, target: string, transaction: Transaction<Schema>): Promise<string | undefined> {
    const before = (await allTargets(transaction)).find((row) => row.model === model);
    await remember([{ model, target, version: before?.version ?? null }], transaction);
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
  // A version that stood in gateway.yaml before was laid down then; what an administrator declared later stays.
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

async function remember(targets: readonly ModelTarget[], transaction: Transaction<Schema>): Promise<void> {
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
