import { type Kysely, sql } from 'kysely';

/** The tokens of a batch's responses and the models that wrote them, as OpenAI's batches have them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    ALTER TABLE batches
      ADD COLUMN input_tokens bigint NOT NULL DEFAULT 0,
      ADD COLUMN cached_input_tokens bigint NOT NULL DEFAULT 0,
      ADD COLUMN output_tokens bigint NOT NULL DEFAULT 0,
      ADD COLUMN reasoning_tokens bigint NOT NULL DEFAULT 0,
      ADD COLUMN models text[] NOT NULL DEFAULT '{}'`.execute(db);
}
