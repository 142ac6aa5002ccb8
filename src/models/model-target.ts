import type { Model } from './model';

/**
 * The deployments whose responses are stored under a model's name: those of its family, as `provider/upstream model`. Changes
 * of weights, limits or fallbacks to other models keep the target, and so the stored responses.
 */
export function targetOf({ deployments, family }: Pick<Model, 'deployments' | 'family'>): string {
  const ids = deployments.filter(({ upstreamModel }) => upstreamModel === family).map(({ id }) => id);
  return [...new Set(ids)].toSorted().join(', ');
}
