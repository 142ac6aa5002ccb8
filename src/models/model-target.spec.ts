import type { Deployment } from './model';
import { targetOf } from './model-target';

const deployment = (provider: string, upstreamModel: string): Deployment => ({
  id: `${provider}/${upstreamModel}`,
  publicName: 'resilient',
  provider,
  upstreamModel,
  priority: 1,
  weight: 1,
  maxParallel: undefined,
});
const target = (...deployments: Deployment[]) => targetOf({ deployments, family: deployments[0]?.upstreamModel ?? '' });

describe('the target of a model', () => {
  it('is the deployments of its family, in any order', () => {
    const [one, two] = [deployment('openai', 'gpt-4.1'), deployment('backup', 'gpt-4.1')];
    expect(target(one, two)).toBe(target(two, one));
    expect(target(one, two)).not.toBe(target(one));
    expect(target(one)).not.toBe(target(two));
  });

  it('does not change with a fallback to another model, nor with weights', () => {
    const one = deployment('openai', 'gpt-4.1');
    expect(target(one, deployment('openai', 'gpt-4o'))).toBe(target(one));
    expect(target({ ...one, weight: 7, maxParallel: 3 })).toBe(target(one));
    expect(target(deployment('openai', 'gpt-5'))).not.toBe(target(one));
  });
});
