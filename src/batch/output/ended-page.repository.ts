import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Schema } from '../../database/schema';
import { OF_RESULT, pageOf } from '../lines/line-bodies.repository';
import type { EndedLine } from './output-line';

/** The first lines that a condition names, in order: as many as have a megabyte of results, or end beyond it. None is the end. */
export async function endedPage(db: Kysely<Schema>, which: RawBuilder<unknown>): Promise<EndedLine[]> {
  const { rows } = await sql<EndedLine>`
    SELECT batch_id AS "batchId", line_no AS "lineNo", custom_id AS "customId", state, request_id AS "requestId",
      response_status AS status, result
    FROM ${pageOf(which, OF_RESULT)} ORDER BY line_no`.execute(db);
  return rows;
}
