import type { RequestRow } from '@thriftgate/contracts';
import { formatUsd } from '../../common/money';
import type { Names } from '../reports/team-and-key-names.service';
import type { CsvColumn, CsvRow } from '../reports/usage-csv';
import type { LedgerRow } from './requests.repository';

/** A row of the ledger as `/admin/requests` shows it. */
export function toWire(row: LedgerRow, { teams, keys }: Names): RequestRow {
  return {
    request_id: row.request_id,
    attempt: row.attempt,
    team_id: row.team_id,
    team_name: teams.get(row.team_id) ?? null,
    key_id: row.key_id,
    key_name: keys.get(row.key_id) ?? null,
    model: row.model,
    provider: row.provider,
    upstream_model: row.upstream_model,
    endpoint: row.endpoint,
    status: row.status,
    state: row.state,
    stream: row.stream,
    cache_status: row.cache_status,
    input_tokens: row.input_tokens,
    cached_input_tokens: row.cached_input_tokens,
    output_tokens: row.output_tokens,
    reasoning_tokens: row.reasoning_tokens,
    list_cost_usd: formatUsd(row.list_cost_pusd),
    cost_usd: formatUsd(row.cost_pusd),
    saved_usd: formatUsd(row.saved_pusd),
    saved_by: row.saved_by,
    corrects: row.corrects,
    price_id: row.price_id,
    estimated: row.estimated,
    error_code: row.error_code,
    batch_id: row.batch_id,
    custom_id: row.custom_id,
    tags: row.tags ?? [],
    created_at: row.created_at.toISOString(),
    latency_ms: row.latency_ms,
    ttft_ms: row.ttft_ms,
  };
}

const text = (name: keyof RequestRow): CsvColumn => ({ name, kind: 'text' });
const number = (name: keyof RequestRow): CsvColumn => ({ name, kind: 'number' });

/** The columns of a table of rows. */
export const ROW_COLUMNS: readonly CsvColumn[] = [
  text('created_at'),
  text('request_id'),
  number('attempt'),
  text('team_id'),
  text('team_name'),
  text('key_id'),
  text('key_name'),
  text('model'),
  text('provider'),
  text('upstream_model'),
  text('endpoint'),
  number('status'),
  text('state'),
  text('stream'),
  text('cache_status'),
  number('input_tokens'),
  number('cached_input_tokens'),
  number('output_tokens'),
  number('reasoning_tokens'),
  number('list_cost_usd'),
  number('cost_usd'),
  number('saved_usd'),
  text('saved_by'),
  number('corrects'),
  text('price_id'),
  text('estimated'),
  text('error_code'),
  text('batch_id'),
  text('custom_id'),
  text('tags'),
  number('latency_ms'),
  number('ttft_ms'),
];

/** A row of a table: tags as one text, with spaces between. */
export function toCsvRow({ tags, ...row }: RequestRow): CsvRow {
  return { ...row, tags: tags.join(' ') };
}
