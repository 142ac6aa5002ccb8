import { type PartLimits, translatorFor } from '@thriftgate/providers';
import type { Deployment, Model } from '../../models/model';
import type { ProviderRegistry } from '../../providers/provider-registry.service';
import { seamOf } from '../call-parts';
import type { PartedCall } from '../prepared-call';

/** The parts of a call in requests that each of the model's deployments takes. @param places among the distinct parts */
export function batchesOf(
  { call, model, parts }: PartedCall,
  places: readonly number[],
  providers: Pick<ProviderRegistry, 'find'>,
): number[][] {
  const limits = model.deployments.flatMap((deployment) => limitsOf(deployment, call, providers) ?? []);
  const most = Math.min(Infinity, ...limits.map((limit) => limit.parts));
  const mostTokens = Math.min(Infinity, ...limits.map((limit) => limit.tokens ?? Infinity));
  const seam = seamOf(call);
  const batches: number[][] = [];
  let tokens = 0;
  for (const place of places) {
    const part = parts.distinct[place];
    const weight = part ? seam.weight(part.body) : 0;
    const last = batches.at(-1);
    if (last && last.length < most && tokens + weight <= mostTokens) {
      last.push(place);
      tokens += weight;
    } else {
      batches.push([place]);
      tokens = weight;
    }
  }
  return batches;
}

function limitsOf(
  { provider: name, upstreamModel }: Deployment,
  { endpoint }: PartedCall['call'],
  providers: Pick<ProviderRegistry, 'find'>,
): PartLimits | undefined {
  const provider = providers.find(name);
  return provider && translatorFor(endpoint, provider.api)?.partLimits?.(upstreamModel);
}

/**
 * The model with the deployments of one upstream model, for each of these, its own family first. Parts of different upstream
 * models do not go together, so an answer is of one.
 */
export function familiesOf(model: Model): Model[] {
  const names = new Set([model.family, ...model.deployments.map(({ upstreamModel }) => upstreamModel)]);
  return [...names]
    .map((name) => ({ ...model, deployments: model.deployments.filter((each) => each.upstreamModel === name) }))
    .filter(({ deployments }) => deployments.length > 0);
}
