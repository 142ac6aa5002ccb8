/** The facts of a response from the gateway's headers. Money is a decimal string in US dollars. */
export interface GatewayFacts {
  requestId: string | null;
  /** `HIT`, `MISS`, `BYPASS` or `REFRESH`. */
  cacheStatus: string | null;
  provider: string | null;
  /** The upstream's name of the model version. */
  model: string | null;
  attempts: number | null;
  /** Null for streams, which have it in the last chunk's `usage.gateway` if the call requests usage. */
  costUsd: string | null;
  savedUsd: string | null;
  /** Whether this is the response of an earlier call with the same `idempotencyKey`; a repeat is not charged. */
  replayed: boolean;
}

/** @param headers of a response */
export function factsOf(headers: Headers): GatewayFacts {
  const attempts = headers.get('x-gateway-attempts');
  return {
    requestId: headers.get('x-request-id'),
    cacheStatus: headers.get('x-cache-status'),
    provider: headers.get('x-gateway-provider'),
    model: headers.get('x-gateway-model'),
    attempts: attempts === null ? null : Number(attempts),
    costUsd: headers.get('x-gateway-cost-usd'),
    savedUsd: headers.get('x-gateway-saved-usd'),
    replayed: headers.get('idempotent-replayed') === 'true',
  };
}
