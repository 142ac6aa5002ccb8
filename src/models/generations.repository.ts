import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database/database.connection';
import { RevisionsRepository } from '../database/revisions.repository';
import type { ModelGenerationsTable } from '../database/schema';

/** The generation in force for a model. */
export interface Generation {
  model: string;
  generation: number;
  version: string | null;
}

@Injectable()
export class GenerationsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
  ) {}

  /** The newest generation of each model that ever had a second one or a version. */
  current(): Promise<Generation[]> {
    return this.database.db
      .selectFrom('model_generations')
      .distinctOn('model')
      .select(['model', 'generation', 'version'])
      .orderBy('model')
      .orderBy('generation', 'desc')
      .execute();
  }

  /** Every generation there has been, for the statistics. */
  history(): Promise<Generation[]> {
    return this.database.db.selectFrom('model_generations').select(['model', 'generation', 'version']).execute();
  }

  /**
   * Starts a new generation of each model, in one transaction. Two processes that do so at once give two generations.
   *
   * @param version null keeps the version that is declared
   */
  async start(models: string[], version: string | null, reason: ModelGenerationsTable['reason']): Promise<void> {
    if (models.length === 0) return;
    await this.database.db.transaction().execute(async (transaction) => {
      await sql`LOCK TABLE model_generations IN SHARE ROW EXCLUSIVE MODE`.execute(transaction);
      await sql`
        INSERT INTO model_generations (model, generation, version, reason)
        SELECT m.model, coalesce(newest.generation, 1) + 1, coalesce(${version}::text, newest.version), ${reason}
        FROM unnest(${models}::text[]) AS m (model)
        LEFT JOIN LATERAL (
          SELECT generation, version FROM model_generations g WHERE g.model = m.model ORDER BY generation DESC LIMIT 1
        ) newest ON true`.execute(transaction);
      await this.revisions.raise('generations', transaction);
    });
  }

  /** Notes which version a deployment says it is. @returns what it said before, or null the first time */
  async observe(deployment: string, upstreamModel: string): Promise<string | null> {
    const { rows } = await sql<{ before: string | null }>`
      WITH before AS (SELECT upstream_model FROM deployment_models WHERE deployment = ${deployment}), noted AS (
        INSERT INTO deployment_models (deployment, upstream_model) VALUES (${deployment}, ${upstreamModel})
        ON CONFLICT (deployment) DO UPDATE SET upstream_model = excluded.upstream_model, seen_at = now())
      SELECT (SELECT upstream_model FROM before) AS before`.execute(this.database.db);
    return rows[0]?.before ?? null;
  }

  deploymentModels(): Promise<{ deployment: string; upstream_model: string }[]> {
    return this.database.db.selectFrom('deployment_models').select(['deployment', 'upstream_model']).execute();
  }
}
