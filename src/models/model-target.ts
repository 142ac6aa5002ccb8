import type { Model } from './model';

/**
 * What a model's stored answers are written by: its deployments of one family. While this stays the same, and only
 * weights, limits or fallbacks to other models change, stored answers stay good.
 */
export function targetOf({ deployments, family }: Pick<Model, 'deployments' | 'family'>): string {
  const ids = deployments.filter(({ upstreamModel }) => upstreamModel === family).map(({ id }) => id);
  return [...new Set(ids)].toSorted().join(', ');
}
