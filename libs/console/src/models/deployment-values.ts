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

/** Whether other upstream models answer than before, which starts a new cache generation. */
export function isRetargeted(before: readonly Deployment[], after: readonly DeploymentValues[]): boolean {
  const targets = (all: readonly { provider: string | null; model: string }[]) =>
    [...new Set(all.map(({ provider, model }) => `${provider ?? ''}/${model.trim()}`))].toSorted().join('\n');
  return targets(before) !== targets(after);
}
