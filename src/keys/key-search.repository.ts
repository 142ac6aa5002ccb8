import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { PageQuery } from '../common/pages';
import { Database } from '../database/database.connection';
import type { ApiKey } from './api-key';
import { toApiKey } from './keys.repository';

export interface KeySearch {
  teamId?: string | undefined;
  /** A part of the name, in capitals or not. */
  name?: string | undefined;
  revoked: boolean;
  page: PageQuery;
}

/** Finds keys of all teams. */
@Injectable()
export class KeySearchRepository {
  constructor(private readonly database: Database) {}

  /** Oldest first: one more than the limit of the page. */
  async find({ teamId, name, revoked, page: { limit, cursor } }: KeySearch): Promise<ApiKey[]> {
    const rows = await this.database.db
      .selectFrom('api_keys')
      .selectAll()
      .$if(teamId !== undefined, (query) => query.where('team_id', '=', teamId ?? ''))
      .$if(name !== undefined, (query) => query.where(contains(name ?? '')))
      .$if(!revoked, (query) => query.where('revoked_at', 'is', null))
      .$if(cursor !== undefined, (query) => query.where('id', '>', cursor ?? ''))
      .orderBy('id')
      .limit(limit + 1)
      .execute();
    return rows.map(toApiKey);
  }
}

/** Whether a key has a text in its name. Hangul in pieces, as macOS writes it, is the same text. */
const contains = (text: string) => sql<boolean>`strpos(lower(normalize(name)), lower(normalize(${text}::text))) > 0`;
