import type { RequestRow } from '@thriftgate/contracts';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { dateIn, formatDateTimeFull, formatDay, formatTime } from '../format';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { type CellFormats, REQUEST_COLUMNS } from './request-columns';
import classes from './request-list.module.css';
import { rowKey } from './use-request-rows';

const ROW_HEIGHT = 32;
/** Rows drawn beyond what is seen. */
const OVERSCAN = 12;
/** The next page is loaded when so few rows are left below. */
const AHEAD = 20;

interface RequestListProps {
  rows: readonly RequestRow[];
  openId: string | undefined;
  isStale: boolean;
  onOpen: (requestId: string) => void;
  onClose: () => void;
  onNearEnd: () => void;
}

/** Rows of the ledger; only those that are seen are in the page. ↑ and ↓ move, Enter opens, Esc closes. */
export function RequestList({ rows, openId, isStale, onOpen, onClose, onNearEnd }: RequestListProps) {
  const text = useText();
  const formats = useCellFormats();
  const { shortcuts } = useMe().preferences;
  const region = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(0);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => region.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const items = virtualizer.getVirtualItems();
  const lastSeen = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows.length > 0 && lastSeen >= rows.length - AHEAD) onNearEnd();
  }, [lastSeen, rows.length, onNearEnd]);

  const isNarrow = openId !== undefined;
  const columns = REQUEST_COLUMNS.filter(({ isExtra }) => !isNarrow || !isExtra);
  const moveTo = (index: number) => {
    const row = rows[index];
    if (!row) return;
    setAt(index);
    virtualizer.scrollToIndex(index);
    if (isNarrow) onOpen(row.request_id);
    requestAnimationFrame(() => region.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { ctrlKey, metaKey, altKey, isComposing } = event.nativeEvent;
    if (ctrlKey || metaKey || altKey || isComposing) return;
    const step = stepOf(event.key, shortcuts);
    if (event.key === 'Escape' && isNarrow) onClose();
    else if (event.key === 'Enter' && rows[at]) onOpen(rows[at].request_id);
    else if (step !== 0) moveTo(Math.max(0, Math.min(rows.length - 1, at + step)));
    else return;
    event.preventDefault();
  };

  return (
    <div ref={region} className={classes.region} role="region" aria-label={text('requests.title')} tabIndex={0}>
      <div
        role="table"
        aria-label={text('requests.caption')}
        aria-rowcount={rows.length + 1}
        className={`${classes.table} ${isNarrow ? classes.narrow : ''} ${isStale ? 'stale' : ''}`}
      >
        <div role="rowgroup" className={classes.head}>
          <div role="row" className={classes.row} aria-rowindex={1}>
            {columns.map(({ id, header, isNumber }) => (
              <div key={id} role="columnheader" className={`${classes.cell} ${isNumber ? classes.number : ''}`}>
                {text(header)}
              </div>
            ))}
          </div>
        </div>
        <div
          role="rowgroup"
          className={classes.body}
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={onKeyDown}
        >
          {items.map(({ index, start }) => {
            const row = rows[index];
            if (!row) return null;
            return (
              <div
                key={rowKey(row)}
                role="row"
                data-row
                data-index={index}
                aria-rowindex={index + 2}
                aria-current={row.request_id === openId ? 'true' : undefined}
                tabIndex={index === Math.min(at, rows.length - 1) ? 0 : -1}
                className={`${classes.row} ${classes.line}`}
                style={{ transform: `translateY(${start}px)` }}
                onClick={() => {
                  setAt(index);
                  onOpen(row.request_id);
                }}
              >
                {columns.map(({ id, isNumber, cell }) => (
                  <div key={id} role="cell" className={`${classes.cell} ${isNumber ? classes.number : ''}`}>
                    {cell(row, formats)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function stepOf(key: string, hasLetters: boolean): -1 | 0 | 1 {
  if (key === 'ArrowDown' || (hasLetters && key === 'j')) return 1;
  return key === 'ArrowUp' || (hasLetters && key === 'k') ? -1 : 0;
}

/** Times of today without their day. */
function useCellFormats(): CellFormats {
  const { timezone, language } = useDisplay();
  const [amount, numbers] = [useMoney().cell, useNumbers()];
  const today = dateIn(timezone, new Date());
  return {
    amount,
    count: numbers.compact,
    latency: numbers.latency,
    time: (at) => {
      const instant = new Date(at);
      const isToday = dateIn(timezone, instant) === today;
      const shown = isToday
        ? formatTime(instant, timezone, language)
        : formatDay(instant, language, timezone).replace(/^\d{4}\. |, \d{4}$/, '');
      return (
        <time dateTime={at} title={formatDateTimeFull(instant, timezone, language)}>
          {isToday ? shown : `${shown} ${formatTime(instant, timezone, language).slice(0, 5)}`}
        </time>
      );
    },
  };
}
