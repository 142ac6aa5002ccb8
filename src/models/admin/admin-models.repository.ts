import { Injectable } from '@nestjs/common';
import type { AuditAction } from '../../audit/audit-event';
import { AuditRepository } from '../../audit/audit.repository';
import { Database } from '../../database/database.connection';
import { RevisionsRepository } from '../../database/revisions.repository';
import type { DeploymentSettings } from '../../database/tables/model-tables';
import { GenerationsRepository, type NewGenerations } from '../generations.repository';
import { TargetsRepository } from '../versions/targets.repository';

/** A model as an administrator set it. */
export interface AdminModel {
  name: string;
  deployments: DeploymentSettings[];
}

export interface AdminModelChange {
  name: string;
  action: Extract<AuditAction, 'model.created' | 'model.updated' | 'model.deleted'>;
  /** null takes away what administrators set. */
  deployments: DeploymentSettings[] | null;
  /** What the model stands for afterwards; undefined where it is not served any more. */
  target: string | undefined;
  actor: string;
}

@Injectable()
export class AdminModelsRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly generations: GenerationsRepository,
    private readonly targets: TargetsRepository,
    private readonly audit: AuditRepository,
  ) {}

  all(): Promise<AdminModel[]> {
    return this.database.db.selectFrom('admin_models').select(['name', 'deployments']).orderBy('name').execute();
  }

  /** Changes what stands behind a name, and starts a new generation where that is something else, both at once. */
  change({ name, action, deployments, target, actor }: AdminModelChange): Promise<NewGenerations[]> {
    return this.generations.locked(async (transaction) => {
      if (deployments === null) {
        await transaction.deleteFrom('admin_models').where('name', '=', name).execute();
      } else {
        const row = { deployments: JSON.stringify(deployments), updated_at: new Date() };
        await transaction
          .insertInto('admin_models')
          .values({ name, ...row })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
          .execute();
      }
      await this.audit.record({ actor, action, subject: name, details: { deployments } }, transaction);
      await this.revisions.raise('generations', transaction);
      if (target === undefined) return [];
      const before = await this.targets.retarget(name, target, transaction);
      if (before === undefined || before === target) return [];
      const change: NewGenerations = {
        models: [name],
        version: null,
        reason: 'retargeted',
        actor,
        details: { before, now: target },
      };
      await this.generations.startWithin(transaction, change);
      return [change];
    });
  }
}
