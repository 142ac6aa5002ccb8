import { Injectable } from '@nestjs/common';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { newId } from '../../common/ids';
import { Database } from '../../database/database.connection';
import type { Schema } from '../../database/schema';
import { concatInSteps } from '../../http/body/large-body';
import { ChunkWriter } from '../files/chunk-writer';
import { FilesRepository } from '../files/files.repository';
import type { BatchLine } from '../input/batch-line';

/** From this length on a body is read and written in pieces, in bytes: as a whole it would hold up other calls. */
const LARGE_BYTES = 1024 * 1024;
/** The database unpacks the whole body for each piece: few large pieces are read faster than many small ones. In bytes. */
const PIECE_BYTES = 4 * LARGE_BYTES;

/** How many lines are read at once. */
const PAGE_LINES = 200;
/** How much their bodies have at most, besides that of the last one; in bytes. Of what lines are read and written together. */
export const PAGE_BYTES = LARGE_BYTES;

/** What lines count in a page, as `line`: a length is known without unpacking the text. */
const OF_BODY = sql`octet_length(line.body)`;
export const OF_RESULT = sql`octet_length(line.result)`;

/** The database, or a transaction. */
export type LinesDb = Kysely<Schema>;

/** The body of a line in a query; null for a large one, which {@link LineBodies.read} reads. @param lines the table's name there */
export function smallBody(lines = 'batch_lines'): RawBuilder<string | null> {
  const body = sql.ref(`${lines}.body`);
  return sql`CASE WHEN octet_length(${body}) <= ${sql.lit(LARGE_BYTES)} THEN ${body} END`;
}

/**
 * The first lines of those that a condition names, in the order of their numbers: as many as are read at once, in place of the
 * table in a query. None is the end. Large bodies count as well, although they are not read with their page: the work on a line
 * reads its body.
 *
 * @param bytes what each line counts
 */
export function pageOf(which: RawBuilder<unknown>, bytes: RawBuilder<unknown> = OF_BODY): RawBuilder<unknown> {
  return sql`(
    SELECT * FROM (
      SELECT line.*, sum(${bytes}) OVER (
        ORDER BY line_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
      FROM (SELECT * FROM batch_lines WHERE ${which} ORDER BY line_no LIMIT ${sql.lit(PAGE_LINES)}) AS line
    ) AS line WHERE bytes_before IS NULL OR bytes_before < ${sql.lit(PAGE_BYTES)}) AS batch_lines`;
}

/** Whether a line is to be inserted by itself. */
export function isLarge(body: BatchLine['body']): boolean {
  return typeof body !== 'string' && body.byteLength > LARGE_BYTES;
}

/** Reads and writes the bodies of lines that are too large for one message to the database. */
@Injectable()
export class LineBodies {
  constructor(
    private readonly database: Database,
    private readonly files: FilesRepository,
  ) {}

  /** The body of a large line, in JSON in UTF-8. @param db the transaction to read in, if any */
  async read(batchId: string, lineNo: number, db?: Kysely<Schema>): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(batchId, lineNo, db)) pieces.push(piece);
    return concatInSteps(pieces);
  }

  async *pieces(
    batchId: string,
    lineNo: number,
    db: Kysely<Schema> = this.database.db,
  ): AsyncGenerator<Buffer, void, undefined> {
    for (let start = 1; ; start += PIECE_BYTES) {
      const { rows } = await sql<{ piece: Buffer }>`
        SELECT substring(convert_to(body, 'UTF8') FROM ${start}::int FOR ${PIECE_BYTES}::int) AS piece
        FROM batch_lines WHERE batch_id = ${batchId} AND line_no = ${lineNo}`.execute(db);
      const piece = rows[0]?.piece;
      if (piece && piece.length > 0) yield piece;
      if (!piece || piece.length < PIECE_BYTES) return;
    }
  }

  /** Writes a large line. Its pieces are the draft of a file for as long as the database makes the body of them. */
  async write({ id: batchId, team_id: teamId }: { id: string; team_id: string }, line: BatchLine): Promise<void> {
    const fileId = newId('file');
    await this.files.create({ id: fileId, teamId, filename: `${batchId}_line.json`, purpose: 'batch' });
    try {
      const writer = new ChunkWriter((chunk, content) => this.files.writeChunk(fileId, chunk, content));
      for (const piece of line.body) await writer.write(Buffer.from(piece));
      await writer.end();
      await sql`
        INSERT INTO batch_lines (batch_id, line_no, custom_id, state, url, body)
        SELECT ${batchId}, ${line.line}::int, ${line.customId}, 'pending', ${line.url},
          convert_from(string_agg(content, ''::bytea ORDER BY chunk), 'UTF8')
        FROM file_chunks WHERE file_id = ${fileId}`.execute(this.database.db);
    } finally {
      await this.files.discard(fileId);
    }
  }
}
