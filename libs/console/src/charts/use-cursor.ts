import { type KeyboardEvent, useState } from 'react';

/** A bucket that the pointer or the keys are at. */
export interface Cursor {
  /** Undefined if no bucket is active. */
  active: number | undefined;
  /** The bucket that the keys came to, to be announced; the pointer announces nothing. */
  announced: number | undefined;
  point: (bucket: number | undefined) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

const LEAP = 7;

/**
 * Moves through the buckets of a chart with the arrow keys, Page Up and Page Down by seven, Home and End; Escape leaves.
 *
 * @param onSelect called with the active bucket on Enter and Space
 */
export function useCursor(count: number, onSelect: ((bucket: number) => void) | undefined): Cursor {
  const [cursor, setCursor] = useState<{ active?: number; announced?: number }>({});
  // The data may have become shorter.
  const active = cursor.active !== undefined && cursor.active < count ? cursor.active : undefined;

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && active !== undefined) {
      setCursor({});
      event.stopPropagation();
      return;
    }
    if ((event.key === 'Enter' || event.key === ' ') && active !== undefined && onSelect) {
      event.preventDefault();
      onSelect(active);
      return;
    }
    const next = bucketAfter(event.key, active, count);
    if (next === undefined || count === 0) return;
    event.preventDefault();
    setCursor({ active: next, announced: next });
  };

  const announced = active === undefined || active !== cursor.announced ? undefined : active;
  const point = (bucket: number | undefined) => {
    if (bucket !== cursor.active) setCursor(bucket === undefined ? {} : { active: bucket });
  };
  return { active, announced, point, onKeyDown };
}

/** The bucket that a key leads to; without an active one, the last one for the left arrow and the first for the right. */
export function bucketAfter(key: string, active: number | undefined, count: number): number | undefined {
  const last = count - 1;
  const moved = (by: number) => Math.min(last, Math.max(0, (active ?? (by > 0 ? -by : last - by)) + by));
  switch (key) {
    case 'ArrowLeft':
      return moved(-1);
    case 'ArrowRight':
      return moved(1);
    case 'PageUp':
      return moved(-LEAP);
    case 'PageDown':
      return moved(LEAP);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}
