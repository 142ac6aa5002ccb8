import type { CacheStats } from '@thriftgate/contracts';
import type { PastGeneration } from '../../models/generations.repository';

/** Which generations are asked for. */
interface MarkFilter {
  from?: Date | undefined;
  /** Not included. */
  to?: Date | undefined;
  model?: string | undefined;
}

/**
 * When and why generations began that were in force within a span, oldest first.
 *
 * @param history all generations, by model and number
 */
export function marksOf(
  history: readonly PastGeneration[],
  { from, to, model }: MarkFilter,
): CacheStats['generations'] {
  return history
    .map((each, index) => {
      const next = history[index + 1];
      return { ...each, endedAt: next?.model === each.model ? next.created_at : null };
    })
    .filter(
      (each) =>
        (model === undefined || each.model === model) &&
        (to === undefined || each.created_at < to) &&
        (from === undefined || each.endedAt === null || each.endedAt > from),
    )
    .toSorted((a, b) => a.created_at.getTime() - b.created_at.getTime())
    .map(({ created_at: startedAt, endedAt, ...mark }) => ({
      model: mark.model,
      generation: mark.generation,
      version: mark.version,
      reason: mark.reason,
      started_at: startedAt.toISOString(),
      ended_at: endedAt?.toISOString() ?? null,
    }));
}
