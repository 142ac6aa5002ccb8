import { Injectable } from '@nestjs/common';
import type { ListFilesQuery } from '@thriftgate/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import { GatewayConfig } from '../../config/gateway-config';
import { Database } from '../../database/database.connection';
import type { FilesTable, Schema } from '../../database/schema';
import type { ContentFacts } from './chunk-writer';
import type { FilePurpose, StoredFile } from './file';

/** Files and their content. Reads find published files that have not expired. */
@Injectable()
export class FilesRepository {
  constructor(
    private readonly database: Database,
    private readonly config: GatewayConfig,
  ) {}

  /** Creates a draft, which is hidden until {@link publish}. */
  async create(file: Pick<StoredFile, 'id' | 'teamId' | 'filename' | 'purpose'>): Promise<void> {
    await this.database.db
      .insertInto('files')
      .values({ id: file.id, team_id: file.teamId, filename: file.filename, purpose: file.purpose, bytes: 0n })
      .execute();
  }

  async writeChunk(fileId: string, chunk: number, content: Buffer): Promise<void> {
    await this.database.db.insertInto('file_chunks').values({ file_id: fileId, chunk, content }).execute();
  }

  /**
   * Publishes a draft.
   *
   * @param db the transaction to publish it in, if any
   */
  async publish(
    fileId: string,
    { bytes, sha256, expiresAfterSeconds }: ContentFacts & { expiresAfterSeconds?: number | undefined },
    db: Kysely<Schema> = this.database.db,
  ): Promise<StoredFile> {
    const seconds = expiresAfterSeconds ?? this.config.batch.fileExpirySeconds ?? null;
    const expiresAt = sql<Date | null>`created_at + ${seconds}::integer * interval '1 second'`;
    const row = await db
      .updateTable('files')
      .set({ bytes: BigInt(bytes), sha256, ready_at: sql`now()`, expires_at: expiresAt })
      .where('id', '=', fileId)
      .returningAll()
      .executeTakeFirstOrThrow();
    return toFile(row);
  }

  /** Publishes a draft in one transaction with something else. */
  publishWith(
    fileId: string,
    facts: Parameters<FilesRepository['publish']>[1],
    alongside: (file: StoredFile, db: Kysely<Schema>) => Promise<unknown>,
  ): Promise<StoredFile> {
    return this.database.db.transaction().execute(async (transaction) => {
      const file = await this.publish(fileId, facts, transaction);
      await alongside(file, transaction);
      return file;
    });
  }

  async find(teamId: string, fileId: string): Promise<StoredFile | undefined> {
    const row = await this.seenBy(teamId).where('id', '=', fileId).executeTakeFirst();
    return row && toFile(row);
  }

  /** Published files of a team; one more than the limit if there are more. */
  async list(teamId: string, query: ListFilesQuery): Promise<StoredFile[]> {
    let page = this.seenBy(teamId)
      .orderBy('id', query.order)
      .limit(query.limit + 1);
    if (query.after !== undefined) page = page.where('id', query.order === 'asc' ? '>' : '<', query.after);
    if (query.purpose !== undefined) page = page.where('purpose', '=', query.purpose);
    return (await page.execute()).map(toFile);
  }

  /** The content, chunk by chunk. */
  async *content(fileId: string): AsyncGenerator<Buffer, void, undefined> {
    for (let chunk = 0; ; chunk++) {
      const row = await this.database.db
        .selectFrom('file_chunks')
        .select('content')
        .where('file_id', '=', fileId)
        .where('chunk', '=', chunk)
        .executeTakeFirst();
      if (!row) return;
      yield row.content;
    }
  }

  /** Deletes a file. @returns false if the team has no such file */
  async delete(teamId: string, fileId: string): Promise<boolean> {
    const { numDeletedRows } = await this.database.db
      .deleteFrom('files')
      .where('id', '=', fileId)
      .where('team_id', '=', teamId)
      .where('ready_at', 'is not', null)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** Deletes a draft; published files stay. */
  async discard(fileId: string): Promise<void> {
    await this.database.db.deleteFrom('files').where('id', '=', fileId).where('ready_at', 'is', null).execute();
  }

  /** Deletes expired files, and drafts that are older than a day: their uploads were interrupted. */
  async deleteOutdated(): Promise<void> {
    await this.database.db
      .deleteFrom('files')
      .where((where) =>
        where.or([
          where('expires_at', '<=', sql<Date>`now()`),
          where.and([where('ready_at', 'is', null), where('created_at', '<', sql<Date>`now() - interval '1 day'`)]),
        ]),
      )
      .execute();
  }

  private seenBy(teamId: string) {
    return this.database.db
      .selectFrom('files')
      .selectAll()
      .where('team_id', '=', teamId)
      .where('ready_at', 'is not', null)
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', sql<Date>`now()`)]));
  }
}

function toFile(row: Selectable<FilesTable>): StoredFile {
  return {
    id: row.id,
    teamId: row.team_id,
    filename: row.filename,
    purpose: row.purpose as FilePurpose,
    bytes: Number(row.bytes),
    sha256: row.sha256,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
