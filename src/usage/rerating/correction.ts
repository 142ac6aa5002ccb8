import type { BatchDiscount } from '@thriftgate/providers';
import type { PicoUsd } from '../../common/money';
import { usageOfRow } from '../../ledger/rated-facts';
import { batchPrice } from '../../pricing/batch-price';
import { costOfCall, type Price } from '../../pricing/price';
import type { RatedRow } from './rerating.repository';

/** The attempt number of the first correction: higher than any attempt of a call. */
const FIRST_CORRECTION = 1001;

/** The amounts by which an attempt is to be corrected. */
export interface Difference {
  listPusd: PicoUsd;
  costPusd: PicoUsd;
}

/**
 * The cost of an attempt at the price of its tier, less its booked cost. A response from the cache still costs nothing. The price of the
 * requested model is not stored for a fallback, so its list cost changes by the same amount as its cost.
 *
 * @param listPrice of a line of a batch that a cheaper tier served: the price without that tier
 */
export function differenceOf(
  row: RatedRow,
  price: Price,
  priceOf: (model: string) => Price,
  listPrice = price,
): Difference {
  const { costPusd } = costOfCall(usageOfRow(row), price, priceOf);
  const { listPusd } = costOfCall(usageOfRow(row), listPrice, priceOf);
  if (row.cache_status === 'HIT' || row.cache_status === 'COALESCED')
    return { listPusd: listPusd - row.corrected_list_pusd, costPusd: 0n };
  const changePusd = costPusd - row.corrected_cost_pusd;
  return {
    costPusd: changePusd,
    listPusd: row.saved_by === 'routing' ? changePusd : listPusd - row.corrected_list_pusd,
  };
}

/** The same for a line that a vendor's batch ran: it is listed at the price of a live call and costs that of batches. */
export function differenceOfBatchLine(
  row: RatedRow,
  standard: Price,
  priceOf: (model: string) => Price,
  discount: BatchDiscount,
): Difference {
  const usage = usageOfRow(row);
  const { listPusd } = costOfCall(usage, standard, priceOf);
  const { costPusd } = costOfCall(usage, batchPrice(standard, discount), (model) =>
    batchPrice(priceOf(model), discount),
  );
  return { listPusd: listPusd - row.corrected_list_pusd, costPusd: costPusd - row.corrected_cost_pusd };
}

/** The correcting row as JSON bytes for the ledger: the same call at the same time, with only the difference. */
export function correctionOf(
  row: RatedRow,
  { listPusd, costPusd }: Difference,
  priceId: string | null,
  owner: string,
): Buffer {
  const correction = {
    request_id: row.request_id,
    attempt: FIRST_CORRECTION + row.corrections,
    corrects: row.attempt,
    state: 'settled',
    team_id: row.team_id,
    key_id: row.key_id,
    model: row.model,
    provider: row.provider,
    upstream_model: row.upstream_model,
    endpoint: row.endpoint,
    status: row.status,
    stream: row.stream,
    cache_status: row.cache_status,
    cache_generation: row.cache_generation,
    input_tokens: 0,
    cached_input_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    price_id: priceId,
    list_cost_pusd: String(listPusd),
    cost_pusd: String(costPusd),
    saved_pusd: String(listPusd - costPusd),
    saved_by: row.saved_by,
    estimated: row.estimated,
    batch_id: row.batch_id,
    custom_id: row.custom_id,
    tags: row.tags,
    created_at: row.created_at.toISOString(),
    owner,
  };
  return Buffer.from(JSON.stringify(correction));
}
