import type { ModelSettings } from '../config/gateway-file';
import { DEFAULT_ROUTING, type RoutingRules } from './model';

type Written = Pick<ModelSettings, 'routing' | 'prefix_affinity' | 'fallbacks' | 'timeouts'>;

/** What gateway.yaml says of the routing of a model. */
export function routingRules({
  routing,
  prefix_affinity: affinity,
  fallbacks = {},
  timeouts = {},
}: Written): RoutingRules {
  const limits = {
    connectTimeoutMs: timeouts.connect_ms,
    firstByteTimeoutMs: timeouts.first_byte_ms,
    idleTimeoutMs: timeouts.idle_ms,
    totalTimeoutMs: timeouts.total_ms,
  };
  return {
    strategy: routing ?? DEFAULT_ROUTING.strategy,
    affinity: affinity ?? DEFAULT_ROUTING.affinity,
    fallbacks: Array.isArray(fallbacks) ? forEveryReason(fallbacks) : withoutUndefined(fallbacks),
    timeouts: withoutUndefined(limits),
  };
}

function forEveryReason(names: readonly string[]): RoutingRules['fallbacks'] {
  return { context_too_long: names, content_filter: names, rate_limit: names, error: names };
}

function withoutUndefined<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const set = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
