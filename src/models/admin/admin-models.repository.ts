import { Injectable } from '@nestjs/common';
import type { AuditAction, ModelCacheRules, RoutingSettings } from '@thriftgate/contracts';
import type { Transaction } from 'kysely';
import { AuditRepository } from '../../audit/audit.repository';
import { type Actor, idOf, requireSeen } from '../../audit/seen-version';
import { Database } from '../../database/database.connection';
import { RevisionsRepository } from '../../database/revisions.repository';
import type { Schema } from '../../database/schema';
import type { DeploymentSettings } from '../../database/tables/model-tables';
import { GenerationsRepository } from '../generations.repository';
import { TargetsRepository } from '../versions/targets.repository';

/** What administrators set for a model. */
export interface AdminSettings {
  /** null: the deployments of gateway.yaml or the catalogue. */
  deployments: DeploymentSettings[] | null;
  /** null: the rules of gateway.yaml. */
  cache: ModelCacheRules | null;
  /** null: that of gateway.yaml. */
  defaultMaxTokens?: number | null | undefined;
  /** null: that of gateway.yaml. */
  routing?: RoutingSettings | null | undefined;
}

export interface AdminModelChange {
  name: string;
  action: Extract<AuditAction, 'model.created' | 'model.updated' | 'model.deleted'>;
  actor: Actor;
  /** Computes the new settings from the old ones, without another change in between. */
  work: (before: AdminSettings | null) => {
    /** null removes them. */
    settings: AdminSettings | null;
    /** The model's target afterwards; undefined if it is no longer served. */
    target: string | undefined;
  };
}

const COLUMNS = ['deployments', 'cache', 'default_max_tokens as defaultMaxTokens', 'routing'] as const;

@Injectable()
export class AdminModelsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly generations: GenerationsRepository,
    private readonly targets: TargetsRepository,
    private readonly audit: AuditRepository,
  ) {}

  all(): Promise<({ name: string } & AdminSettings)[]> {
    return this.database.db
      .selectFrom('admin_models')
      .select(['name', ...COLUMNS])
      .orderBy('name')
      .execute();
  }

  /**
   * Changes the settings of a model, and its target with them, in one transaction.
   *
   * @throws GatewayError `precondition_failed` if the actor has seen other settings
   */
  change({ name, action, actor, work }: AdminModelChange): Promise<void> {
    return this.generations.locked(async (transaction) => {
      const columns = transaction.selectFrom('admin_models').select(COLUMNS);
      const row = await columns.where('name', '=', name).executeTakeFirst();
      if (!row) requireSeen(actor, { name });
      const { settings, target } = work(row ?? null);
      await this.put(name, settings, transaction);
      const details = { deployments: settings?.deployments ?? null, cache: settings?.cache ?? null };
      const objects = { before: row && { name, ...row }, after: settings ? { name, ...settings } : undefined };
      await this.revisions.raise('generations', transaction);
      await this.audit.record({ actor, action, subject: name, ...objects, details }, transaction);
      if (target === undefined) return;
      await this.targets.retarget(name, target, idOf(actor), transaction);
    });
  }

  private async put(name: string, settings: AdminSettings | null, transaction: Transaction<Schema>): Promise<void> {
    if (settings === null) {
      await transaction.deleteFrom('admin_models').where('name', '=', name).execute();
      return;
    }
    const { deployments, cache, defaultMaxTokens, routing } = settings;
    const row = {
      deployments: deployments && JSON.stringify(deployments),
      cache: cache && JSON.stringify(cache),
      default_max_tokens: defaultMaxTokens,
      routing: routing ? JSON.stringify(routing) : null,
      updated_at: new Date(),
    };
    await transaction
      .insertInto('admin_models')
      .values({ name, ...row })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
      .execute();
  }
}
