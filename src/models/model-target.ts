import type { Model } from './model';

/**
 * The deployments that write a model's stored answers: those of its family, as `provider/upstream model`. Other weights,
 * limits and fallbacks to other models leave the target the same, and so the stored answers in force.
 */
export function targetOf({ deployments, family }: Pick<Model, 'deployments' | 'family'>): string {
  const ids = deployments.filter(({ upstreamModel }) => upstreamModel === family).map(({ id }) => id);
  return [...new Set(ids)].toSorted().join(', ');
}
