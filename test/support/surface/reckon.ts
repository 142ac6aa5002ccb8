import { parseUsd } from '../../../src/common/money';
import type { FakeCall } from '../fake-openai/call-log';
import { mayBeEstimated } from './cell';
import type { Played } from './play';

/** Pico-dollars per token, as in the test's `gateway.yaml`; reasoning is part of the output, cached tokens of the input. */
export const PRICES: Record<string, { input: bigint; cached: bigint; output: bigint; reasoning: bigint }> = {
  'surface-a': { input: 2_000_000n, cached: 500_000n, output: 8_000_000n, reasoning: 9_000_000n },
  'surface-b': { input: 3_100_000n, cached: 700_000n, output: 11_300_000n, reasoning: 12_100_000n },
  'surface-c': { input: 100_000n, cached: 25_000n, output: 400_000n, reasoning: 500_000n },
  'surface-d': { input: 170_000n, cached: 30_000n, output: 700_000n, reasoning: 900_000n },
};

export interface Row {
  request_id: string;
  attempt: number;
  state: string;
  cache_status: string;
  upstream_model: string;
  input_tokens: number;
  output_tokens: number;
  list_cost_usd: string;
  cost_usd: string;
  saved_usd: string;
  estimated: boolean;
}

/** The vendor's charge for a call. */
export function chargeOf({ model = '', billed }: FakeCall): bigint {
  const price = PRICES[model.slice(0, 'surface-a'.length)];
  if (!billed || !price) return 0n;
  const {
    prompt_tokens: prompt,
    cached_tokens: cached,
    completion_tokens: written,
    reasoning_tokens: thought,
  } = billed;
  return (
    BigInt(prompt - cached) * price.input +
    BigInt(cached) * price.cached +
    BigInt(written - thought) * price.output +
    BigInt(thought) * price.reasoning
  );
}

export const costOf = (rows: readonly Row[]): bigint => rows.reduce((sum, row) => sum + parseUsd(row.cost_usd), 0n);

/** An attempt as the vendor and the ledger record it. */
export interface Try {
  call: FakeCall;
  row: Row;
}

/**
 * Compares the rows of a cell with the calls that reached the vendors.
 *
 * A row that is not estimated must equal the vendor's charge, to the pico-dollar. A row may be estimated only if the vendor
 * sent no usage, the response broke off or the client disconnected. An estimate in state `unknown` is at least the charge, in
 * state `settled` it is above zero, and in state `failed` it may be zero only if no readable response arrived.
 */
export function reckon(
  played: Played,
  rows: readonly Row[],
  calls: readonly FakeCall[],
): { tries: Try[]; wrong: string[] } {
  const wrong: string[] = [];
  const tries: Try[] = [];
  const tried = rows.filter((row) => row.cache_status !== 'HIT');
  const byCall = new Map<string, FakeCall[]>();
  for (const call of calls.toSorted((a, b) => a.at - b.at)) {
    byCall.set(call.requestId ?? '', [...(byCall.get(call.requestId ?? '') ?? []), call]);
  }
  for (const row of tried.toSorted((a, b) => a.attempt - b.attempt)) {
    const call = byCall.get(row.request_id)?.shift();
    if (call) tries.push({ call, row });
    else wrong.push(`a row without a call: ${JSON.stringify(row)}`);
  }
  for (const call of [...byCall.values()].flat()) wrong.push(`a call without a row: ${call.requestId} ${call.model}`);
  for (const { call, row } of tries) wrong.push(...wrongOf(played, call, row));
  for (const row of rows.filter(({ cache_status }) => cache_status === 'HIT')) {
    if (row.cost_usd !== '0' || row.saved_usd !== row.list_cost_usd || row.list_cost_usd === '0')
      wrong.push(`a hit that costs: ${JSON.stringify(row)}`);
  }
  return { tries, wrong };
}

function wrongOf({ cell }: Played, call: FakeCall, row: Row): string[] {
  const charge = chargeOf(call);
  const cost = parseUsd(row.cost_usd);
  const told = `${JSON.stringify(row)} against ${call.model} ${charge} ${JSON.stringify(call.billed)}`;
  if (!row.upstream_model.startsWith(call.model ?? '-')) return [`another deployment: ${told}`];
  if (row.estimated) {
    if (!mayBeEstimated(cell)) return [`estimated: ${told}`];
    if (row.state === 'unknown' && cost < charge) return [`less than the worst: ${told}`];
    if (row.state === 'settled' && cost <= 0n) return [`free: ${told}`];
    if (row.state === 'failed' && !['lost', 'garbage'].includes(cell.upstream)) return [`not charged: ${told}`];
    return [];
  }
  const tokens =
    row.input_tokens === (call.billed?.prompt_tokens ?? 0) &&
    row.output_tokens === (call.billed?.completion_tokens ?? 0);
  return cost === charge && tokens ? [] : [`not exact: ${told}`];
}
