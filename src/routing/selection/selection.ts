import type { Deployment, RoutingStrategy } from '../../models/model';

/** With affinity, a deployment may have so many times its share of the running calls, and at least so many. */
const MOST_OF_SHARE = 1.25;
const LEAST_BOUND = 16;

/** What strategies know of the deployments of a model. */
export interface SelectionView {
  /** A number in [0, 1) by which deployments are drawn. */
  draw(deployment: Deployment): number;
  /** Whether draws are the same for each call of a conversation. */
  readonly hasAffinity: boolean;
  /** Running calls in this process. */
  running(deployment: Deployment): number;
  /** Decayed average of the time to an answer, in milliseconds. */
  latencyMs(deployment: Deployment): number;
  /** The price of a typical call, in pico-dollars. */
  pricePusd(deployment: Deployment): bigint;
}

type Strategy = (drawn: Deployment[], view: SelectionView) => Deployment[];

/** Each strategy orders the deployments of one priority. They come in the order of a draw by weight. */
const STRATEGIES: Record<RoutingStrategy, Strategy> = {
  weighted: (drawn, view) => (view.hasAffinity ? overloadedLast(drawn, view) : drawn),
  'least-busy': (drawn, view) => sorted(drawn, (each) => (view.running(each) + 1) / each.weight),
  latency: ([first, second, ...rest], view) => {
    if (!first || !second) return first ? [first] : [];
    return view.latencyMs(second) < view.latencyMs(first) ? [second, first, ...rest] : [first, second, ...rest];
  },
  cheapest: (drawn, view) => sorted(drawn, (each) => view.pricePusd(each)),
};

/**
 * The order in which a model's deployments are tried: by priority, and within one as the strategy says. Ties are decided by a
 * draw in which a weight of three comes first three times as often as a weight of one.
 */
export function inOrder(
  deployments: readonly Deployment[],
  strategy: RoutingStrategy,
  view: SelectionView,
): readonly Deployment[] {
  if (deployments.length < 2) return deployments;
  const drawn = drawnByWeight(deployments, view);
  const priorities = [...new Set(drawn.map(({ priority }) => priority))].toSorted((a, b) => a - b);
  return priorities.flatMap((each) =>
    STRATEGIES[strategy](
      drawn.filter(({ priority }) => priority === each),
      view,
    ),
  );
}

/**
 * The weighted draw of Efraimidis and Spirakis: the greatest draw^(1/weight) comes first. Where the draw is a hash of a key and
 * the deployment, this is weighted rendezvous hashing: of n deployments, a new one gets 1/n of the keys, and no other key moves.
 */
function drawnByWeight(deployments: readonly Deployment[], view: SelectionView): Deployment[] {
  const drawn = deployments.map((each) => ({ each, draw: view.draw(each) ** (1 / each.weight) }));
  return drawn.toSorted((a, b) => b.draw - a.draw).map(({ each }) => each);
}

/** Conversations that many calls share must not overload one deployment while others rest. */
function overloadedLast(drawn: Deployment[], view: SelectionView): Deployment[] {
  const running = drawn.reduce((sum, each) => sum + view.running(each), 0);
  const weights = drawn.reduce((sum, { weight }) => sum + weight, 0);
  return sorted(drawn, (each) => {
    const bound = Math.ceil(((running + 1) * MOST_OF_SHARE * each.weight) / weights);
    return view.running(each) + 1 > Math.max(bound, LEAST_BOUND) ? 1 : 0;
  });
}

/** Stable: equal ones stay in their order. */
function sorted(deployments: Deployment[], rank: (deployment: Deployment) => number | bigint): Deployment[] {
  const ranked = deployments.map((each) => ({ each, rank: rank(each) }));
  return ranked.toSorted((a, b) => (a.rank < b.rank ? -1 : Number(a.rank > b.rank))).map(({ each }) => each);
}
