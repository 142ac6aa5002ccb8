import * as fc from 'fast-check';
import type { Deployment, RoutingStrategy } from '../../models/model';
import { affinityDraw, affinityKey } from './affinity';
import { inOrder, type SelectionView } from './selection';

const deployment = (id: string, priority = 1, weight = 1): Deployment => ({
  id,
  provider: id,
  upstreamModel: id,
  priority,
  weight,
  maxParallel: undefined,
  publicName: 'model',
});
const some = (count: number) => Array.from({ length: count }, (_, index) => deployment(`provider-${index}/model`));

/** What strategies see: nothing runs, all are equal, and draws follow the order of calls, or a key. */
function view(members: Partial<SelectionView> = {}, key?: string): SelectionView {
  return {
    draw: ({ id }) => (key === undefined ? Math.random() : affinityDraw(key, id)),
    hasAffinity: key !== undefined,
    running: () => 0,
    latencyMs: () => 0,
    pricePusd: () => 0n,
    ...members,
  };
}
const idsOf = (deployments: readonly Deployment[], strategy: RoutingStrategy, seen: SelectionView): string[] =>
  inOrder(deployments, strategy, seen).map(({ id }) => id);
const keys = (count: number) =>
  Array.from({ length: count }, (_, index) => affinityKey('team', 'model', `prefix ${index}`));

describe('the order of deployments', () => {
  const strategies: RoutingStrategy[] = ['weighted', 'least-busy', 'latency', 'cheapest'];

  it.each(strategies)('has lower priorities first: %s', (strategy) => {
    const worse = view({ running: ({ id }) => (id === 'a' ? 9 : 0), latencyMs: () => 9, pricePusd: () => 9n });
    const deployments = [deployment('b', 2), deployment('a', 1), deployment('c', 3)];
    expect(idsOf(deployments, strategy, worse)).toEqual(['a', 'b', 'c']);
  });

  it.each(strategies)('has each deployment once: %s', (strategy) => {
    const priorities = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(priorities, fc.string(), (each, key) => {
        const deployments = each.map((priority, index) => deployment(`${index}`, priority, priority + 1));
        const seen = view({ running: ({ id }) => Number(id) % 3, pricePusd: ({ id }) => BigInt(id) }, key);
        expect(idsOf(deployments, strategy, seen).toSorted()).toEqual(deployments.map(({ id }) => id).toSorted());
      }),
    );
  });

  it('shares a priority by weight', () => {
    const deployments = [deployment('heavy', 1, 3), deployment('light', 1, 1), deployment('backup', 2, 100)];
    let seed = 1;
    const draw = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const first = Array.from({ length: 10_000 }, () => idsOf(deployments, 'weighted', view({ draw }))[0]);
    expect(first.filter((id) => id === 'heavy').length / first.length).toBeCloseTo(0.75, 1);
  });

  it('least-busy: has the fewest running calls first, for its weight', () => {
    const running = new Map([
      ['a', 3],
      ['b', 1],
      ['c', 5],
    ]);
    const seen = view({ running: ({ id }) => running.get(id) ?? 0 });
    expect(idsOf([deployment('a'), deployment('b'), deployment('c')], 'least-busy', seen)).toEqual(['b', 'a', 'c']);
    expect(idsOf([deployment('a'), deployment('b'), deployment('c', 1, 10)], 'least-busy', seen)[0]).toBe('c');
  });

  it('latency: takes the faster of the first two that are drawn', () => {
    const draws = new Map([
      ['a', 0.9],
      ['b', 0.8],
      ['c', 0.1],
    ]);
    const latencies = new Map([
      ['a', 900],
      ['b', 300],
      ['c', 1],
    ]);
    const seen = view({ draw: ({ id }) => draws.get(id) ?? 0, latencyMs: ({ id }) => latencies.get(id) ?? 0 });
    expect(idsOf([deployment('a'), deployment('b'), deployment('c')], 'latency', seen)).toEqual(['b', 'a', 'c']);
    expect(idsOf([deployment('a')], 'latency', seen)).toEqual(['a']);
  });

  it('cheapest: has the lowest price first, also of more digits than a double has', () => {
    const prices = new Map([
      ['a', 10n ** 20n + 1n],
      ['b', 10n ** 20n],
      ['c', 5n],
    ]);
    const seen = view({ pricePusd: ({ id }) => prices.get(id) ?? 0n });
    expect(idsOf([deployment('a'), deployment('b'), deployment('c')], 'cheapest', seen)).toEqual(['c', 'b', 'a']);
  });
});

describe('prefix affinity', () => {
  it('brings equal prefixes to one deployment, and differs by team and model', () => {
    const deployments = some(5);
    for (const key of keys(50))
      expect(idsOf(deployments, 'weighted', view({}, key))).toEqual(
        idsOf(deployments.toReversed(), 'weighted', view({}, key)),
      );
    expect(new Set(['a', 'b'].flatMap((team) => ['a', 'b'].map((model) => affinityKey(team, model, 'x')))).size).toBe(
      4,
    );
    expect(affinityKey('team', 'model', 'prefix')).toMatch(/^[0-9a-f]{32}$/);
  });

  it('moves only the keys of a new deployment, 1 of n', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), (count) => {
        const before = some(count);
        const after = [...before, deployment('new/model')];
        const firsts = (set: Deployment[]) => keys(600).map((key) => idsOf(set, 'weighted', view({}, key))[0]);
        const [old, next] = [firsts(before), firsts(after)];
        const moved = next.filter((id, index) => id !== old[index]);
        expect(new Set(moved)).toEqual(new Set(['new/model']));
        expect(moved.length / next.length).toBeCloseTo(1 / (count + 1), 0.7);
      }),
      { numRuns: 8 },
    );
  });

  it('shares keys by weight', () => {
    const deployments = [deployment('heavy/model', 1, 3), deployment('light/model', 1, 1)];
    const first = keys(4_000).map((key) => idsOf(deployments, 'weighted', view({}, key))[0]);
    expect(first.filter((id) => id === 'heavy/model').length / first.length).toBeCloseTo(0.75, 1);
  });

  it('leaves a deployment that has more than its share of the running calls', () => {
    const deployments = some(3);
    const [key = ''] = keys(1);
    const [first, second] = idsOf(deployments, 'weighted', view({}, key));
    const busy = (calls: number) => view({ running: ({ id }) => (id === first ? calls : 0) }, key);
    expect(idsOf(deployments, 'weighted', busy(15))[0]).toBe(first);
    const order = idsOf(deployments, 'weighted', busy(16));
    expect([order[0], order.at(-1)]).toEqual([second, first]);
    const allBusy = view({ running: () => 100 }, key);
    expect(idsOf(deployments, 'weighted', allBusy)[0]).toBe(first);
  });
});
