import { Injectable } from '@nestjs/common';
import { type Kysely, sql } from 'kysely';
import { newRequestId } from '../../common/ids';
import { Database } from '../../database/database.connection';
import type { BatchStatus, Schema } from '../../database/schema';
import { pageOf, smallBody } from '../lines/line-bodies.repository';
import type { StoredLine } from '../lines/line-calls.service';
import type { BatchPlan } from './batch-plan';

const LEASE = sql<Date>`now() + interval '20 seconds'`;
/** Short enough for the lease on a busy machine. */
const RENEW_EVERY_MS = 5_000;
const LINES_PER_UPDATE = 5_000;

/** A batch that this instance plans. */
export interface UnplannedBatch {
  id: string;
  teamId: string;
  keyId: string;
  status: BatchStatus;
  madeAt: Date;
  expiresAt: Date;
  batchLines: number;
  escalate: boolean;
  token: string;
}

/** Another instance plans the batch. */
export class PlanLostError extends Error {}

/** Reads batches that are to be planned, and writes their plans. */
@Injectable()
export class PlanRepository {
  constructor(private readonly database: Database) {}

  async isPlanned(batchId: string): Promise<boolean> {
    const { rows } = await sql`SELECT FROM batches WHERE id = ${batchId} AND planned_at IS NOT NULL`.execute(
      this.database.db,
    );
    return rows.length > 0;
  }

  /** Leases a batch; undefined where it is planned, or another instance plans it. */
  async take(batchId: string): Promise<UnplannedBatch | undefined> {
    const { rows } = await sql<UnplannedBatch>`
      UPDATE batches SET lease_token = ${newRequestId()}, lease_until = ${LEASE}
      WHERE id = ${batchId} AND planned_at IS NULL AND (lease_until IS NULL OR lease_until < now())
      RETURNING id, team_id AS "teamId", key_id AS "keyId", status, created_at AS "madeAt", expires_at AS "expiresAt",
        total_lines AS "batchLines", escalate, lease_token AS token`.execute(this.database.db);
    return rows[0];
  }

  /** The lines in pages. Renews the lease meanwhile, however long the work on a page takes. @throws PlanLostError */
  async *pages({ id, teamId, keyId, token }: UnplannedBatch): AsyncGenerator<StoredLine[], void, undefined> {
    let lost: PlanLostError | undefined;
    const renew = async () => {
      // The lease may outlast a failure; where it does not, the plan is not written.
      if (!(await this.renew(id, token).catch(() => true))) lost = new PlanLostError(id);
    };
    const renewal = setInterval(() => void renew(), RENEW_EVERY_MS);
    try {
      for (let last = 0; ;) {
        const { rows } = await sql<StoredLine>`
          SELECT batch_id AS "batchId", ${teamId} AS "teamId", ${keyId} AS "keyId", line_no AS "lineNo",
            custom_id AS "customId", url AS endpoint, ${smallBody()} AS body
          FROM ${pageOf(sql`batch_id = ${id} AND line_no > ${last}`)} ORDER BY line_no`.execute(this.database.db);
        if (rows.length === 0) return;
        yield rows;
        if (lost) throw lost;
        last = rows.at(-1)?.lineNo ?? last;
      }
    } finally {
      clearInterval(renewal);
    }
  }

  /** Writes a plan, all of it or nothing; none for a batch that was cancelled meanwhile. @throws PlanLostError */
  async write({ id, token }: UnplannedBatch, { shards, sameAs, waiting }: BatchPlan): Promise<void> {
    await this.database.db.transaction().execute(async (transaction) => {
      const batch = await transaction
        .updateTable('batches')
        .set({ planned_at: sql`now()`, lease_token: null, lease_until: null })
        .where('id', '=', id)
        .where('lease_token', '=', token)
        .returning('status')
        .executeTakeFirst();
      if (!batch) throw new PlanLostError(id);
      if (batch.status !== 'in_progress') return;
      for (const { id: shardId, deployment, providerKey, lineNos, requestIds, worstPusd } of shards) {
        await transaction
          .insertInto('batch_shards')
          .values({
            id: shardId,
            batch_id: id,
            provider: deployment.provider,
            provider_key: providerKey,
            model: deployment.publicName,
            upstream_model: deployment.upstreamModel,
            deployment: deployment.id,
            state: 'planned',
            lines: lineNos.length,
            worst_pusd: worstPusd,
          })
          .execute();
        for (let at = 0; at < lineNos.length; at += LINES_PER_UPDATE) {
          const part = (values: readonly unknown[]) => values.slice(at, at + LINES_PER_UPDATE);
          await sql`
            UPDATE batch_lines line SET state = 'sharded', shard_id = ${shardId}, request_id = planned.request_id
            FROM unnest(${part(lineNos)}::int[], ${part(requestIds)}::text[]) AS planned (line_no, request_id)
            WHERE line.batch_id = ${id} AND line.line_no = planned.line_no AND line.state = 'pending'`.execute(
            transaction,
          );
        }
      }
      for (let at = 0; at < sameAs.length; at += LINES_PER_UPDATE)
        await writeSame(transaction, id, sameAs.slice(at, at + LINES_PER_UPDATE));
      for (let at = 0; at < waiting.length; at += LINES_PER_UPDATE)
        await writeWaiting(transaction, id, waiting.slice(at, at + LINES_PER_UPDATE));
    });
  }

  /** @returns whether the batch is still leased to this instance */
  private async renew(id: string, token: string): Promise<boolean> {
    const { numUpdatedRows } = await this.database.db
      .updateTable('batches')
      .set({ lease_until: LEASE })
      .where('id', '=', id)
      .where('lease_token', '=', token)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}

async function writeSame(db: Kysely<Schema>, batchId: string, lines: BatchPlan['sameAs']): Promise<void> {
  await sql`
    UPDATE batch_lines line SET state = 'same', same_as = planned.same_as
    FROM unnest(${lines.map(({ lineNo }) => lineNo)}::int[], ${lines.map(({ sameAs }) => sameAs)}::int[])
      AS planned (line_no, same_as)
    WHERE line.batch_id = ${batchId} AND line.line_no = planned.line_no AND line.state = 'pending'`.execute(db);
}

/** A pending line with a lease is not started before its end. */
async function writeWaiting(db: Kysely<Schema>, batchId: string, lines: BatchPlan['waiting']): Promise<void> {
  await sql`
    UPDATE batch_lines line SET lease_until = planned.from_at
    FROM unnest(${lines.map(({ lineNo }) => lineNo)}::int[], ${lines.map(({ fromMs }) => new Date(fromMs))}::timestamptz[])
      AS planned (line_no, from_at)
    WHERE line.batch_id = ${batchId} AND line.line_no = planned.line_no AND line.state = 'pending'`.execute(db);
}
