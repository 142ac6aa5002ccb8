import { Spark } from '../charts';
import { formatCount, formatLatency, formatPercent } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import type { UpstreamHealth } from '@thriftgate/contracts';
import { type DeploymentState, failuresByHour, type HealthSpan } from './model-rows';

const NOTHING = '–';
const TONES = { closed: 'good', half_open: 'soon', open: 'bad' } as const;
const MARKS = { closed: '●', half_open: '◐', open: '○' } as const;

/** The breaker: a mark, its state in words, and why it is open. */
export function Breaker({ state }: { state: DeploymentState | undefined }) {
  const text = useText();
  const { language } = useLanguage();
  if (!state) return NOTHING;
  const { breaker, reason, opens_to_calls_in_ms: ms } = state;
  const why = reason === null ? '' : ` · ${text(`models.reason.${reason}`)}`;
  const when = ms === null ? '' : ` · ${text('models.probeIn', { time: formatLatency(ms, language) })}`;
  return (
    <StateBadge tone={TONES[breaker]} title={`${why}${when}`.slice(3) || undefined}>
      {`${MARKS[breaker]} ${text(`models.breaker.${breaker}`)}${why}`}
    </StateBadge>
  );
}

/** The share of attempts that succeeded in a span. */
export function SuccessRate({ health, span }: { health: UpstreamHealth | undefined; span: HealthSpan }) {
  const text = useText();
  const { language } = useLanguage();
  const counts = health?.[span];
  if (!counts || counts.success_rate === null) return NOTHING;
  const title = text('models.attempts', {
    requests: formatCount(counts.requests, language),
    failures: formatCount(counts.failures, language),
    limited: formatCount(counts.rate_limited, language),
  });
  return <span title={title}>{formatPercent(counts.success_rate, language, 2)}</span>;
}

/** Median and 95th percentile of a span. */
export function Latencies({ health, span }: { health: UpstreamHealth | undefined; span: HealthSpan }) {
  const { language } = useLanguage();
  const counts = health?.[span];
  const shown = (ms: number | null | undefined) =>
    ms === null || ms === undefined ? NOTHING : formatLatency(ms, language);
  return `${shown(counts?.latency_p50_ms)} / ${shown(counts?.latency_p95_ms)}`;
}

/** The failures of 24 hours as a small line; nothing where there were none. */
export function FailureSpark({ health }: { health: UpstreamHealth | undefined }) {
  const text = useText();
  const { language } = useLanguage();
  if (!health || health.last_24h.requests === 0) return NOTHING;
  const failures = formatCount(health.last_24h.failures, language);
  if (health.last_24h.failures === 0) return text('models.noFailures');
  return (
    <>
      <Spark
        title={text('models.failures', { count: failures })}
        values={failuresByHour(health)}
        width={72}
        height={20}
        colour="var(--bad)"
      />{' '}
      <span className="numbers">{failures}</span>
    </>
  );
}
