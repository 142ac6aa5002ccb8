import type { Deployment } from '../models/model';
import { inOrder } from './selection';

const publicName = 'model';
const deployment = (id: string, priority: number, weight: number): Deployment => ({
  id,
  provider: id,
  upstreamModel: id,
  priority,
  weight,
  maxParallel: undefined,
  publicName,
});

describe('the order of deployments', () => {
  it('asks lower priorities first', () => {
    const plan = inOrder([deployment('b', 2, 1), deployment('a', 1, 1), deployment('c', 3, 1)], Math.random);
    expect(plan.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('shares a priority by weight', () => {
    const deployments = [deployment('heavy', 1, 3), deployment('light', 1, 1), deployment('backup', 2, 100)];
    let heavyFirst = 0;
    let seed = 1;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let i = 0; i < 10_000; i += 1) if (inOrder(deployments, random)[0]?.id === 'heavy') heavyFirst += 1;
    expect(heavyFirst / 10_000).toBeCloseTo(0.75, 1);
  });
});
