import type { Deployment, Model } from '../model';

export function aDeployment(members: Partial<Deployment> = {}): Deployment {
  return {
    id: 'openai/gpt-4.1',
    publicName: 'gpt-4.1',
    provider: 'openai',
    upstreamModel: 'gpt-4.1',
    priority: 1,
    weight: 1,
    maxParallel: undefined,
    ...members,
  };
}

export function aModel(members: Partial<Model> = {}): Model {
  return {
    name: 'gpt-4.1',
    ownedBy: 'openai',
    deployments: [aDeployment()],
    family: 'gpt-4.1',
    target: 'openai/gpt-4.1',
    cache: { ttlSeconds: 3600, storeToolCalls: false, ignoreFingerprint: false },
    maxOutputTokens: 100,
    reasons: false,
    ...members,
  };
}
