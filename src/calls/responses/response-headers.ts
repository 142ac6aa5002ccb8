import { asHeader } from '../../common/header-text';
import { formatUsd } from '../../common/money';
import type { CacheStatus, Settlement } from '../call';

/** What the headers say of an answer beside its key. */
export interface ResponseOrigin {
  provider: string;
  upstreamModel: string;
  /** Upstream attempts; 0 for a hit, unless other models were asked before. */
  attempts: number;
  /** How long the answer is stored, in seconds; undefined where it is not. */
  ttlSeconds: number | undefined;
  /** Undefined on streams, whose cost is known only at their end. */
  settlement: Settlement | undefined;
  /** Members of the request that the vendor lacks; undefined for none. */
  dropped: readonly string[] | undefined;
}

/** The headers of a response that are known before an upstream answers. */
export function cacheHeaders(cacheStatus: CacheStatus, cacheKey: string): Record<string, string> {
  return { 'x-cache-status': cacheStatus, 'x-cache-key': asHeader(cacheKey) };
}

/** The gateway's headers of a chat answer, all of them known before its first byte. */
export function responseHeaders(
  cacheStatus: CacheStatus,
  cacheKey: string,
  origin: ResponseOrigin,
): Record<string, string> {
  const headers: Record<string, string> = {
    ...cacheHeaders(cacheStatus, cacheKey),
    'x-gateway-provider': asHeader(origin.provider),
    'x-gateway-model': asHeader(origin.upstreamModel),
    'x-gateway-attempts': String(origin.attempts),
  };
  if (origin.dropped) headers['x-gateway-dropped-params'] = asHeader(origin.dropped.join(', '));
  if (origin.ttlSeconds !== undefined) headers['x-cache-ttl'] = String(origin.ttlSeconds);
  if (origin.settlement) {
    headers['x-gateway-cost-usd'] = formatUsd(origin.settlement.costPusd);
    headers['x-gateway-saved-usd'] = formatUsd(origin.settlement.savedPusd);
  }
  return headers;
}
