import type { RoutingChanges, RoutingSettings } from '@thriftgate/contracts';
import { DEFAULT_ROUTING, type RoutingRules } from './model';

/** The routing of a model as gateway.yaml and administrators write it. */
export function routingRules({
  routing,
  prefix_affinity: affinity,
  fallbacks = {},
  timeouts = {},
}: RoutingSettings): RoutingRules {
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

/** Settings after a change: omitted members stay as they are, null removes one. @returns null where none is left */
export function routingAfter(before: RoutingSettings | null, changes: RoutingChanges): RoutingSettings | null {
  const merged = Object.entries({ ...before, ...withoutUndefined(changes) });
  const left = merged.filter(([, value]) => value !== null && value !== undefined);
  return left.length === 0 ? null : (Object.fromEntries(left) as RoutingSettings);
}

/** Rules as the wire shows them. */
export function routingToWire({ strategy, affinity, fallbacks, timeouts }: RoutingRules) {
  const { context_too_long: tooLong, content_filter: filtered, rate_limit: limited, error } = fallbacks;
  const names = { context_too_long: tooLong, content_filter: filtered, rate_limit: limited, error };
  const { connectTimeoutMs, firstByteTimeoutMs, idleTimeoutMs, totalTimeoutMs } = timeouts;
  return {
    routing: strategy,
    prefix_affinity: affinity,
    fallbacks: Object.fromEntries(
      Object.entries(names).flatMap(([reason, list]) => (list ? [[reason, [...list]]] : [])),
    ),
    timeouts: withoutUndefined({
      connect_ms: connectTimeoutMs,
      first_byte_ms: firstByteTimeoutMs,
      idle_ms: idleTimeoutMs,
      total_ms: totalTimeoutMs,
    }),
  };
}

function forEveryReason(names: readonly string[]): RoutingRules['fallbacks'] {
  return { context_too_long: names, content_filter: names, rate_limit: names, error: names };
}

function withoutUndefined<T extends object>(members: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const set = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
}
