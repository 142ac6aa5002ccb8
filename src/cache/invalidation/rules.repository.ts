import { Injectable } from '@nestjs/common';
import { AuditRepository } from '../../audit/audit.repository';
import { Database } from '../../database/database.connection';
import { RevisionsRepository } from '../../database/revisions.repository';
import type { Criteria, InvalidationRule } from './invalidation-rule';

@Injectable()
export class RulesRepository {
  constructor(
    private readonly database: Database,
    private readonly revisions: RevisionsRepository,
    private readonly audit: AuditRepository,
  ) {}

  /** The rules in force that are newer than a revision, oldest first. */
  async newerThan(revision: number, nowMs: number): Promise<InvalidationRule[]> {
    const rows = await this.database.db
      .selectFrom('invalidation_rules')
      .selectAll()
      .where('revision', '>', BigInt(revision))
      .where('expires_at', '>', new Date(nowMs))
      .orderBy('revision')
      .execute();
    return rows.map((row) => ({
      revision: Number(row.revision),
      expiresAtMs: row.expires_at.getTime(),
      ...(row.model === null ? {} : { model: row.model }),
      ...(row.version === null ? {} : { version: row.version }),
      ...(row.team_id === null ? {} : { teamId: row.team_id }),
      ...(row.tag === null ? {} : { tag: row.tag }),
      ...(row.key === null ? {} : { key: row.key }),
      ...(row.before === null ? {} : { beforeMs: row.before.getTime() }),
    }));
  }

  /** Stores a rule in place of an older one with the same criteria. @returns its revision */
  insert(criteria: Criteria, expiresAtMs: number, actor: string, details: Record<string, string>): Promise<number> {
    const { model, version, teamId, tag, key, beforeMs } = criteria;
    const members = {
      model: model ?? null,
      version: version ?? null,
      team_id: teamId ?? null,
      tag: tag ?? null,
      key: key ?? null,
      before: beforeMs === undefined ? null : new Date(beforeMs),
    };
    return this.database.db.transaction().execute(async (transaction) => {
      const revision = await this.revisions.raise('invalidations', transaction);
      let same = transaction.deleteFrom('invalidation_rules');
      for (const [name, value] of Object.entries(members)) {
        same = same.where(name as keyof typeof members, 'is not distinct from', value);
      }
      await same.execute();
      await transaction
        .insertInto('invalidation_rules')
        .values({ revision, ...members, expires_at: new Date(expiresAtMs) })
        .execute();
      const subject = model ?? null;
      await this.audit.record({ actor, action: 'cache.invalidated', subject, details }, transaction);
      return Number(revision);
    });
  }

  /** Deletes the rules whose responses have all expired. */
  async deleteExpired(nowMs: number): Promise<void> {
    await this.database.db.deleteFrom('invalidation_rules').where('expires_at', '<=', new Date(nowMs)).execute();
  }
}
