import { type MouseEvent, type ReactNode, useId } from 'react';
import { useIntl } from 'react-intl';
import { Axes } from './axes';
import { bucketInWords, type ChartColumn } from './chart-column';
import { HIDDEN, TEXT } from './chart-styles';
import { ChartTip } from './chart-tip';
import type { Bucket } from './series';
import { useCursor } from './use-cursor';
import type { Scales } from './use-scales';

export interface PlotProps {
  title: string;
  width: number;
  scales: Scales;
  buckets: readonly Bucket[];
  columns: readonly ChartColumn[];
  format: (amount: string) => string;
  onSelect?: (bucket: Bucket) => void;
  /** What is drawn between the axes; it does not change while the cursor moves. */
  children: ReactNode;
}

/** Axes with marks between them, and the cursor: pointer, arrow keys, tip and announcements. */
export function Plot({ title, width, scales, buckets, columns, format, onSelect, children }: PlotProps) {
  const intl = useIntl();
  const hintId = useId();
  const select = onSelect && ((index: number) => buckets[index] && onSelect(buckets[index]));
  const { active, announced, point, onKeyDown } = useCursor(buckets.length, select);
  const inProgress = intl.formatMessage({ id: 'charts.inProgress' });
  const { height, marginLeft, marginTop, innerWidth, innerHeight, step } = scales;
  const middle = (bucket: number) => scales.left(bucket) + scales.width / 2;
  const edge = (bucket: number) => middle(bucket) - step / 2;

  const bucketAt = (event: MouseEvent<HTMLElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - marginLeft;
    const bucket = Math.floor((x - edge(0)) / step);
    return x < 0 || x > innerWidth || buckets.length === 0
      ? undefined
      : Math.min(buckets.length - 1, Math.max(0, bucket));
  };
  const shown = active === undefined ? undefined : buckets[active];
  const spoken = announced === undefined ? undefined : buckets[announced];
  return (
    <div
      role="application"
      aria-label={title}
      aria-describedby={hintId}
      tabIndex={0}
      style={{ position: 'relative', height, cursor: onSelect && shown ? 'pointer' : 'default' }}
      onKeyDown={onKeyDown}
      onBlur={() => point(undefined)}
      onPointerMove={(event) => point(bucketAt(event))}
      onPointerLeave={() => point(undefined)}
      onClick={(event) => {
        const clicked = bucketAt(event);
        if (clicked !== undefined) select?.(clicked);
      }}
    >
      <svg width={width} height={height} aria-hidden="true" style={{ display: 'block' }}>
        <g transform={`translate(${marginLeft},${marginTop})`}>
          {active !== undefined && (
            <rect x={edge(active)} width={step} height={innerHeight} fill={TEXT} opacity={0.08} />
          )}
          <Axes scales={scales} buckets={buckets} inProgressLabel={inProgress} />
          {children}
          {active !== undefined && (
            <path d={`M${middle(active)} ${innerHeight}v5`} stroke={TEXT} strokeWidth={Math.max(2, scales.width)} />
          )}
        </g>
      </svg>
      {shown && active !== undefined && (
        <ChartTip
          bucket={shown}
          index={active}
          columns={columns}
          format={format}
          x={marginLeft + middle(active)}
          width={width}
        />
      )}
      <div id={hintId} style={HIDDEN}>
        {intl.formatMessage({ id: onSelect ? 'charts.keysSelect' : 'charts.keys' })}
      </div>
      <div aria-live="polite" style={HIDDEN}>
        {spoken && announced !== undefined && bucketInWords(spoken, announced, columns, format, inProgress)}
      </div>
    </div>
  );
}
