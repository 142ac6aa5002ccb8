import { Injectable } from '@nestjs/common';
import type { RequestDetails } from '@thriftgate/contracts';
import type { Scope } from '../../common/caller';
import { GatewayError } from '../../common/errors';
import { formatUsd } from '../../common/money';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { type PriceRow, toWire as priceToWire } from '../../pricing/price-row';
import { PricesService } from '../../pricing/prices.service';
import { TeamAndKeyNames } from '../reports/team-and-key-names.service';
import { cachingOf, errorOf, receivedAtMs, timelineOf } from './request-timeline';
import { toWire } from './request-wire';
import { type LedgerRow, RequestsRepository } from './requests.repository';

/** One call as its rows in the ledger tell it. */
@Injectable()
export class RequestDetailsService {
  constructor(
    private readonly requests: RequestsRepository,
    private readonly names: TeamAndKeyNames,
    private readonly prices: PricesService,
    private readonly drain: LedgerDrain,
  ) {}

  /** @throws GatewayError `not_found`, also for a call outside the scope */
  async get(requestId: string, scope: Scope): Promise<RequestDetails> {
    await this.drain.flush();
    const rows = await this.requests.ofCall(requestId, scope);
    const attempts = rows.filter(({ corrects }) => corrects === null);
    const [first, last] = [attempts[0], attempts.at(-1)];
    if (!first || !last) throw noSuchRequest(requestId);
    const ids = [...new Set(rows.flatMap(({ price_id: id }) => id ?? []))];
    const [names, prices] = await Promise.all([this.names.ofRows(rows), this.prices.withIds(ids)]);
    const wire = rows.map((row) => toWire(row, names));
    const { request_id, team_id, team_name, key_id, key_name } = toWire(first, names);
    return {
      request_id,
      team_id,
      team_name,
      key_id,
      key_name,
      model: first.model,
      endpoint: first.endpoint,
      stream: first.stream,
      batch_id: first.batch_id,
      custom_id: first.custom_id,
      tags: first.tags ?? [],
      created_at: first.created_at.toISOString(),
      cache_status: first.cache_status,
      status: last.status,
      state: last.state,
      latency_ms: latencyOf(attempts, last),
      ttft_ms: last.ttft_ms,
      list_cost_usd: sumOf(rows, (row) => row.list_cost_pusd),
      cost_usd: sumOf(rows, (row) => row.cost_pusd),
      saved_usd: sumOf(rows, (row) => row.saved_pusd),
      saved_by: last.saved_by,
      caching: cachingOf(last),
      error: errorOf(last),
      timeline: timelineOf(attempts),
      attempts: wire,
      prices: prices.map(chargedPrice),
    };
  }
}

/** A price without what only those who manage prices may see. */
function chargedPrice(row: PriceRow): RequestDetails['prices'][number] {
  const { note: _note, created_by: _by, created_at: _at, ...price } = priceToWire(row);
  return price;
}

function sumOf(rows: readonly LedgerRow[], pick: (row: LedgerRow) => bigint): string {
  return formatUsd(rows.reduce((sum, row) => sum + pick(row), 0n));
}

/** From when the call came to the end of its last attempt; a hit has one row, with the time of the whole call. */
function latencyOf(attempts: readonly LedgerRow[], last: LedgerRow): number | null {
  const { latency_ms: latencyMs, cache_status: cacheStatus } = last;
  if (latencyMs === null || cacheStatus === 'HIT' || cacheStatus === 'COALESCED') return latencyMs;
  return last.created_at.getTime() + latencyMs - receivedAtMs(attempts);
}

function noSuchRequest(id: string): GatewayError {
  const message = `There is no request '${id}' in the ledger. GET /admin/requests lists them; request_id=${id.slice(0, 10)}* finds ids by their beginning.`;
  return new GatewayError('not_found', { message });
}
