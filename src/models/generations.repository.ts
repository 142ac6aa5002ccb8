import { Injectable } from '@nestjs/common';
import type { AuditAction } from '@thriftgate/contracts';
import { sql, type Transaction } from 'kysely';
import { AuditRepository } from '../audit/audit.repository';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { Schema } from '../database/schema';
import type { ModelGenerationsTable } from '../database/tables/model-tables';

/** The generation in force for a model. */
export interface Generation {
  model: string;
  generation: number;
  version: string | null;
}

/** A generation with when and why it began. */
export interface PastGeneration extends Generation {
  reason: GenerationReason;
  created_at: Date;
}

export type GenerationReason = ModelGenerationsTable['reason'];

/** Why and by whom new generations are started. */
export interface NewGenerations {
  models: readonly string[];
  /** null keeps the declared version. */
  version: string | null;
  reason: GenerationReason;
  actor: string;
  /** What was requested or detected, for the audit. */
  details: Record<string, unknown>;
}

const ACTIONS: Record<GenerationReason, AuditAction> = {
  configured: 'model.version_configured',
  declared: 'model.version_declared',
  invalidated: 'cache.invalidated',
  replaced: 'model.replaced',
  retargeted: 'model.retargeted',
  drift: 'model.drifted',
};
/** An audit event names at most so many generations; the rest is only counted. */
const MAX_NAMED = 20;

@Injectable()
export class GenerationsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
  ) {}

  /** The newest generation of each model that has more than its first one, or a version. */
  current(): Promise<Generation[]> {
    return this.database.db
      .selectFrom('model_generations')
      .distinctOn('model')
      .select(['model', 'generation', 'version'])
      .orderBy('model')
      .orderBy('generation', 'desc')
      .execute();
  }

  /** All generations in order, for the statistics. */
  history(): Promise<PastGeneration[]> {
    return this.database.db
      .selectFrom('model_generations')
      .select(['model', 'generation', 'version', 'reason', 'created_at'])
      .orderBy('model')
      .orderBy('generation')
      .execute();
  }

  /** Starts a new generation of each model. */
  start(wanted: NewGenerations): Promise<Generation[]> {
    return this.locked((transaction) => this.startWithin(transaction, wanted));
  }

  /** Runs work in a transaction that locks the generations: two replicas that start one at the same time start two. */
  locked<T>(work: (transaction: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.database.db.transaction().execute(async (transaction) => {
      await sql`LOCK TABLE model_generations IN SHARE ROW EXCLUSIVE MODE`.execute(transaction);
      return work(transaction);
    });
  }

  /** As `start`, as a part of a transaction of `locked`. */
  async startWithin(transaction: Transaction<Schema>, wanted: NewGenerations): Promise<Generation[]> {
    const { models, version, reason, actor, details } = wanted;
    if (models.length === 0) return [];
    const [only] = models.length === 1 ? models : [];
    const before = only === undefined ? undefined : await newest(only, transaction);
    const { rows } = await sql<Generation>`
      INSERT INTO model_generations (model, generation, version, reason)
      SELECT m.model, coalesce(newest.generation, 1) + 1, coalesce(${version}::text, newest.version), ${reason}
      FROM unnest(${models}::text[]) AS m (model)
      LEFT JOIN LATERAL (
        SELECT generation, version FROM model_generations g WHERE g.model = m.model ORDER BY generation DESC LIMIT 1
      ) newest ON true
      RETURNING model, generation, version`.execute(transaction);
    await this.revisions.raise('generations', transaction);
    const named = rows.slice(0, MAX_NAMED).map(({ model, generation }) => [model, generation]);
    await this.audit.record(
      {
        actor,
        action: ACTIONS[reason],
        subject: only ?? null,
        before,
        after: only === undefined ? undefined : inForce(rows[0]),
        details: { ...details, models: rows.length, generations: Object.fromEntries(named) },
      },
      transaction,
    );
    return rows;
  }
}

/** The version and generation of a model, as an audit event shows them. */
async function newest(model: string, transaction: Transaction<Schema>) {
  const query = transaction.selectFrom('model_generations').select(['version', 'generation']);
  return inForce(await query.where('model', '=', model).orderBy('generation', 'desc').executeTakeFirst());
}

function inForce({ version, generation }: Omit<Generation, 'model'> = { version: null, generation: 1 }) {
  return { version, generation };
}
