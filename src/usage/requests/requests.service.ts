import { Injectable } from '@nestjs/common';
import type { ListRequestsQuery } from '@thriftgate/contracts';
import { parseUsd } from '../../common/money';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { decodeCursor, encodeCursor } from './request-cursor';
import { type LedgerRow, type PageQuery, placeOf, RequestsRepository } from './requests.repository';

/** Pages of the ledger. They include this instance's latest calls; calls of other instances appear after 100 ms. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly requests: RequestsRepository,
    private readonly drain: LedgerDrain,
  ) {}

  /** @throws GatewayError `invalid_request` for an invalid cursor, or one of another order */
  async page(query: ListRequestsQuery): Promise<{ rows: LedgerRow[]; nextCursor: string | null }> {
    const { limit, sort } = query;
    const pageQuery = pageQueryOf(query);
    await this.drain.flush();
    const { rows, examinedTo } = await this.requests.page(pageQuery, limit + 1);
    const last = rows[limit - 1];
    const next = rows.length > limit && last ? placeOf(last) : examinedTo;
    return { rows: rows.slice(0, limit), nextCursor: next ? encodeCursor(next, sort) : null };
  }
}

function pageQueryOf(query: ListRequestsQuery): PageQuery {
  const { team_id, key_id, request_id, batch_id, from, to, limit: _, cursor, sort, min_cost_usd, ...rows } = query;
  return {
    indexed: { team_id, key_id, request_id, batch_id, from, to },
    rows: { ...rows, minCostPusd: min_cost_usd === undefined ? undefined : parseUsd(min_cost_usd) },
    sort,
    after: cursor === undefined ? undefined : decodeCursor(cursor, sort),
  };
}
