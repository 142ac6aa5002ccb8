import type { Deployment } from '../models/model';
import { DeploymentSlots } from './slots.service';

const deployment = (id: string, maxParallel?: number): Deployment => ({
  id,
  provider: 'openai',
  upstreamModel: id,
  priority: 1,
  weight: 1,
  maxParallel,
  publicName: 'model',
});

describe('the slots of a deployment', () => {
  it('are as many as max_parallel says', () => {
    const slots = new DeploymentSlots();
    const give = slots.take(deployment('a', 2));
    expect(slots.take(deployment('a', 2))).toBeDefined();
    expect(slots.take(deployment('a', 2))).toBeUndefined();
    give?.();
    expect(slots.take(deployment('a', 2))).toBeDefined();
    expect(slots.take(deployment('a', 2))).toBeUndefined();
  });

  it('come back once, however often a call ends', () => {
    const slots = new DeploymentSlots();
    const give = slots.take(deployment('a', 1));
    give?.();
    give?.();
    expect(slots.take(deployment('a', 1))).toBeDefined();
    give?.();
    expect(slots.take(deployment('a', 1))).toBeUndefined();
  });

  it('are counted for each deployment by itself', () => {
    const slots = new DeploymentSlots();
    slots.take(deployment('a', 1));
    expect(slots.take(deployment('b', 1))).toBeDefined();
  });

  it('have no end where none is set', () => {
    const slots = new DeploymentSlots();
    const taken = Array.from({ length: 1_000 }, () => slots.take(deployment('a')));
    expect(taken.every((give) => give !== undefined)).toBe(true);
  });
});
