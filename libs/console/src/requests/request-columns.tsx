import type { RequestRow } from '@thriftgate/contracts';
import type { ReactNode } from 'react';
import { CacheStatus } from '../components/cache-status';
import type { MessageId } from '../i18n/messages';
import classes from './request-list.module.css';

/** What a cell needs besides its row. */
export interface CellFormats {
  time: (at: string) => ReactNode;
  amount: (usd: string) => string;
  count: (count: number) => string;
  latency: (ms: number | null) => string;
}

interface RequestColumn {
  id: string;
  header: MessageId;
  isNumber?: boolean;
  /** Left out where the details stand beside the list. */
  isExtra?: boolean;
  cell: (row: RequestRow, formats: CellFormats) => ReactNode;
}

const DASH = '–';
const isZero = (usd: string) => Number(usd) === 0;

/** The columns of the request log. The grid of `request-list.module.css` has their widths. */
export const REQUEST_COLUMNS: readonly RequestColumn[] = [
  { id: 'time', header: 'requests.time', cell: ({ created_at: at }, { time }) => time(at) },
  {
    id: 'owner',
    header: 'requests.owner',
    cell: (row) => (
      <>
        {row.team_name ?? row.team_id}
        <span className={classes.dimmed}> / {row.key_name ?? row.key_id}</span>
      </>
    ),
  },
  {
    id: 'model',
    header: 'requests.model',
    cell: (row) => (
      <>
        {row.model}
        {row.upstream_model !== null && row.upstream_model !== row.model && (
          <span className={classes.dimmed}> → {row.upstream_model}</span>
        )}
      </>
    ),
  },
  {
    id: 'status',
    header: 'requests.status',
    cell: ({ status, state }) => (
      <span className={state === 'failed' || (status ?? 0) >= 400 ? classes.bad : undefined}>{status ?? DASH}</span>
    ),
  },
  { id: 'cache', header: 'requests.cache', cell: ({ cache_status: status }) => <CacheStatus status={status} /> },
  {
    id: 'tokens',
    header: 'requests.tokens',
    isNumber: true,
    isExtra: true,
    cell: (row, { count }) => `${count(row.input_tokens)} → ${count(row.output_tokens)}`,
  },
  { id: 'cost', header: 'requests.cost', isNumber: true, cell: ({ cost_usd: usd }, { amount }) => amount(usd) },
  {
    id: 'saved',
    header: 'requests.saved',
    isNumber: true,
    isExtra: true,
    cell: ({ saved_usd: usd }, { amount }) => (isZero(usd) ? DASH : amount(usd)),
  },
  {
    id: 'latency',
    header: 'requests.latency',
    isNumber: true,
    cell: ({ latency_ms: ms }, { latency }) => latency(ms),
  },
  {
    id: 'first',
    header: 'requests.first',
    isNumber: true,
    isExtra: true,
    cell: ({ ttft_ms: ms }, { latency }) => latency(ms),
  },
  {
    id: 'attempt',
    header: 'requests.attempt',
    isNumber: true,
    isExtra: true,
    cell: ({ attempt, corrects }) => (corrects === null ? attempt : `±${corrects}`),
  },
  { id: 'tags', header: 'requests.tags', isExtra: true, cell: ({ tags }) => tags.join(', ') },
];
