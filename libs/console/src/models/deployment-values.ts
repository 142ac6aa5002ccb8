import type { AdminModel } from '@thriftgate/contracts';

type Deployment = AdminModel['deployments'][number];

/** A deployment as the fields of a form have it; an empty text is no limit. */
export interface DeploymentValues {
  provider: string | null;
  model: string;
  priority: number | string;
  weight: number | string;
  max_parallel: number | string;
}

export const toValues = (deployments: readonly Deployment[]): DeploymentValues[] =>
  deployments.map((deployment) => ({ ...deployment, max_parallel: deployment.max_parallel ?? '' }));

/** The same as the API has them. */
export const sentDeployments = (values: readonly DeploymentValues[]) =>
  values.map(({ provider, model, priority, weight, max_parallel: limit }) => ({
    provider: provider ?? '',
    model: model.trim(),
    priority: Number(priority),
    weight: Number(weight),
    ...(limit !== '' && { max_parallel: Number(limit) }),
  }));

/** Whether the model has another target than before: stored responses belong to their target. */
export const isRetargeted = (before: readonly DeploymentValues[], after: readonly DeploymentValues[]): boolean =>
  targetOf(before) !== targetOf(after);

/** The deployments of the first one's upstream model, as the gateway joins them. */
function targetOf(deployments: readonly DeploymentValues[]): string {
  const ordered = deployments.toSorted((left, right) => Number(left.priority) - Number(right.priority));
  const family = ordered[0]?.model.trim();
  const own = ordered
    .filter(({ model }) => model.trim() === family)
    .map(({ provider }) => `${provider ?? ''}/${family}`);
  return [...new Set(own)].toSorted().join('\n');
}
