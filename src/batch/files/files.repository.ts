import { Injectable } from '@nestjs/common';
import type { ListFilesQuery } from '@thriftgate/contracts';
import { type Kysely, type Selectable, sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { FilesTable, Schema } from '../../database/schema';
import type { FilePurpose, StoredFile } from './file';

/** Files and their content. Only files that are whole are found. */
@Injectable()
export class FilesRepository {
  constructor(private readonly database: Database) {}

  /** Makes a file that nobody sees before {@link publish}. */
  async create(file: Pick<StoredFile, 'id' | 'teamId' | 'filename' | 'purpose'>): Promise<void> {
    await this.database.db
      .insertInto('files')
      .values({ id: file.id, team_id: file.teamId, filename: file.filename, purpose: file.purpose, bytes: 0n })
      .execute();
  }

  async writeChunk(fileId: string, chunk: number, content: Buffer): Promise<void> {
    await this.database.db.insertInto('file_chunks').values({ file_id: fileId, chunk, content }).execute();
  }

  /** Lets a file be seen, in the given transaction where it must be seen together with something else. */
  async publish(fileId: string, bytes: number, db: Kysely<Schema> = this.database.db): Promise<StoredFile> {
    const row = await db
      .updateTable('files')
      .set({ bytes: BigInt(bytes), ready_at: sql`now()` })
      .where('id', '=', fileId)
      .returningAll()
      .executeTakeFirstOrThrow();
    return toFile(row);
  }

  async find(teamId: string, fileId: string): Promise<StoredFile | undefined> {
    const row = await this.seenBy(teamId).where('id', '=', fileId).executeTakeFirst();
    return row && toFile(row);
  }

  /** One file more than the limit where there are more. */
  async list(teamId: string, query: ListFilesQuery): Promise<StoredFile[]> {
    let page = this.seenBy(teamId)
      .orderBy('id', query.order)
      .limit(query.limit + 1);
    if (query.after !== undefined) page = page.where('id', query.order === 'asc' ? '>' : '<', query.after);
    if (query.purpose !== undefined) page = page.where('purpose', '=', query.purpose);
    return (await page.execute()).map(toFile);
  }

  /** The content in its chunks. In a transaction it must be read through that. */
  async *content(fileId: string, db: Kysely<Schema> = this.database.db): AsyncGenerator<Buffer, void, undefined> {
    for (let chunk = 0; ; chunk++) {
      const row = await db
        .selectFrom('file_chunks')
        .select('content')
        .where('file_id', '=', fileId)
        .where('chunk', '=', chunk)
        .executeTakeFirst();
      if (!row) return;
      yield row.content;
    }
  }

  /** Whether the team had such a file. */
  async delete(teamId: string, fileId: string): Promise<boolean> {
    const { numDeletedRows } = await this.database.db
      .deleteFrom('files')
      .where('id', '=', fileId)
      .where('team_id', '=', teamId)
      .where('ready_at', 'is not', null)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** Takes back a file that was never published. */
  async discard(fileId: string): Promise<void> {
    await this.database.db.deleteFrom('files').where('id', '=', fileId).where('ready_at', 'is', null).execute();
  }

  /** Takes away what uploads that broke off long ago have left. */
  async discardAbandoned(): Promise<void> {
    await this.database.db
      .deleteFrom('files')
      .where('ready_at', 'is', null)
      .where('created_at', '<', sql<Date>`now() - interval '1 day'`)
      .execute();
  }

  private seenBy(teamId: string) {
    return this.database.db
      .selectFrom('files')
      .selectAll()
      .where('team_id', '=', teamId)
      .where('ready_at', 'is not', null);
  }
}

function toFile(row: Selectable<FilesTable>): StoredFile {
  return {
    id: row.id,
    teamId: row.team_id,
    filename: row.filename,
    purpose: row.purpose as FilePurpose,
    bytes: Number(row.bytes),
    createdAt: row.created_at,
  };
}
