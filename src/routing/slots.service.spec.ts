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

describe('lines of batches and live calls', () => {
  const four = deployment('a', 4);
  const takeLines = (slots: DeploymentSlots, count: number) =>
    Array.from({ length: count }, () => slots.take(four, true)).flatMap((give) => give ?? []);

  it('live calls find all slots, however many lines wait', () => {
    const slots = new DeploymentSlots();
    expect(takeLines(slots, 10)).toHaveLength(3);
    const live = Array.from({ length: 5 }, () => slots.take(four));
    expect(live.map((give) => give !== undefined)).toEqual([true, true, true, true, false]);
    expect(slots.running(four)).toBe(7);
  });

  it('lines get what live calls have left free of late', () => {
    const slots = new DeploymentSlots();
    const [one, two] = [slots.take(four), slots.take(four)];
    expect(takeLines(slots, 10)).toHaveLength(1);
    one?.();
    two?.();
    // Two live calls may come again.
    expect(takeLines(slots, 10)).toHaveLength(0);
  });

  it('no line starts where live calls have all slots, and one may run where none do', () => {
    const slots = new DeploymentSlots();
    const live = Array.from({ length: 4 }, () => slots.take(four));
    expect(takeLines(slots, 1)).toHaveLength(0);
    for (const give of live) give?.();
    expect(takeLines(slots, 2)).toHaveLength(1);
    expect(new DeploymentSlots().take(deployment('b', 1), true)).toBeDefined();
  });
});
