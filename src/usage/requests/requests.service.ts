import { Injectable } from '@nestjs/common';
import type { ListRequestsQuery } from '@thriftgate/contracts';
import { parseUsd } from '../../common/money';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { decodeCursor, encodeCursor } from './request-cursor';
import { type LedgerRow, type PageQuery, placeOf, RequestsRepository } from './requests.repository';

const EXPORT_PAGE = 1_000;

interface RowsPage {
  rows: LedgerRow[];
  nextCursor: string | null;
}

/** Pages of the ledger. They include this instance's latest calls; calls of other instances appear after 100 ms. */
@Injectable()
export class RequestsService {
  constructor(
    private readonly requests: RequestsRepository,
    private readonly drain: LedgerDrain,
  ) {}

  /**
   * All rows from the query's cursor on, page by page, however few rows of a page match. The first page is read at once.
   *
   * @throws GatewayError as {@link page}
   */
  async pages(query: ListRequestsQuery): Promise<AsyncIterable<LedgerRow[]>> {
    const first = await this.page({ ...query, limit: EXPORT_PAGE });
    const next = (cursor: string) => this.page({ ...query, limit: EXPORT_PAGE, cursor });
    return (async function* () {
      yield first.rows;
      for (let cursor = first.nextCursor; cursor !== null;) {
        const { rows, nextCursor } = await next(cursor);
        yield rows;
        cursor = nextCursor;
      }
    })();
  }

  /** @throws GatewayError `invalid_request` for an invalid cursor, or one of another order */
  async page(query: ListRequestsQuery): Promise<RowsPage> {
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
  const { team_id, key_id, request_id: id, batch_id, from, to, cursor, sort, min_cost_usd, ...others } = query;
  const { limit: _limit, format: _format, ...rows } = others;
  const named = id?.endsWith('*') ? { idPrefix: id.slice(0, -1) } : { request_id: id };
  return {
    indexed: { team_id, key_id, ...named, batch_id, from, to },
    rows: { ...rows, minCostPusd: min_cost_usd === undefined ? undefined : parseUsd(min_cost_usd) },
    sort,
    after: cursor === undefined ? undefined : decodeCursor(cursor, sort),
  };
}
