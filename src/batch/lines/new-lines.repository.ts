import { Injectable } from '@nestjs/common';
import { byteLengthOf } from '@thriftgate/providers';
import { sql } from 'kysely';
import { Database } from '../../database/database.connection';
import type { BatchLine } from '../input/batch-line';
import { isLarge, LineBodies } from './line-bodies.repository';

const LINES_PER_INSERT = 1_000;
const BYTES_PER_INSERT = 256 * 1024;

/** Writes the lines of new batches, some of them at once: the embedded database has one connection, and others wait for it. */
@Injectable()
export class NewLines {
  constructor(
    private readonly database: Database,
    private readonly bodies: LineBodies,
  ) {}

  /**
   * @param afterEach called between the writes
   * @returns how many lines there were
   */
  async write(
    batch: { id: string; team_id: string },
    lines: AsyncIterable<BatchLine>,
    afterEach: () => Promise<void>,
  ): Promise<number> {
    let written = 0;
    let group: BatchLine[] = [];
    let bytes = 0;
    const insert = async () => {
      if (group.length > 0) await this.insert(batch.id, group);
      written += group.length;
      group = [];
      bytes = 0;
      await afterEach();
    };
    for await (const line of lines) {
      if (isLarge(line.body)) {
        await this.bodies.write(batch, line);
        written += 1;
        await afterEach();
        continue;
      }
      group.push(line);
      bytes += byteLengthOf(line.body);
      if (group.length === LINES_PER_INSERT || bytes >= BYTES_PER_INSERT) await insert();
    }
    await insert();
    return written;
  }

  private async insert(batchId: string, group: readonly BatchLine[]): Promise<void> {
    await sql`
      INSERT INTO batch_lines (batch_id, line_no, custom_id, state, url, body)
      SELECT ${batchId}, line_no, custom_id, 'pending', url, body FROM unnest(
        ${group.map(({ line }) => line)}::int[], ${group.map(({ customId }) => customId)}::text[],
        ${group.map(({ url }) => url)}::text[], ${group.map(({ body }) => String(body))}::text[]
      ) AS line (line_no, custom_id, url, body)`.execute(this.database.db);
  }
}
