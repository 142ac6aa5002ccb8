import type { Deployment } from '../models/model';

/**
 * The order in which a model's deployments are tried: by priority, and within one by a draw in which a weight of three
 * comes first three times as often as a weight of one.
 *
 * @param random gives numbers in [0, 1)
 */
export function inOrder(deployments: readonly Deployment[], random: () => number): readonly Deployment[] {
  if (deployments.length < 2) return deployments;
  // The weighted draw of Efraimidis and Spirakis: the greatest random^(1/weight) comes first.
  const drawn = deployments.map((deployment) => ({ deployment, draw: random() ** (1 / deployment.weight) }));
  return drawn
    .toSorted((a, b) => a.deployment.priority - b.deployment.priority || b.draw - a.draw)
    .map(({ deployment }) => deployment);
}
