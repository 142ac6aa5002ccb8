import type { Caller } from '../../common/caller';
import { GatewayError } from '../../common/errors';
import type { Model } from '../../models/model';
import type { CacheControls } from '../controls/cache-controls';

/**
 * Applies administrators' rules for the key and the model to the controls of a call. A TTL that is too long is shortened
 * without an error, since the response names the TTL in force; a control that the key may not use is refused, as in LiteLLM,
 * since without it the caller could get another response.
 *
 * @see https://docs.litellm.ai/docs/proxy/caching_controls
 * @throws GatewayError `cache_control_not_allowed` that names the control, and the member or header it came in
 */
export function grantedControls(sent: CacheControls, { cache: model }: Model, { cache: key }: Caller): CacheControls {
  if (key?.allowedControls) requireAllowed(sent, key.allowedControls);
  const enabled = model.enabled !== false && key?.enabled !== false;
  const maxTtlSeconds = Math.min(model.maxTtlSeconds ?? Infinity, key?.maxTtlSeconds ?? Infinity);
  if (enabled && maxTtlSeconds === Infinity) return sent;
  return {
    ...sent,
    read: sent.read && enabled,
    write: sent.write && enabled,
    maxTtlSeconds: maxTtlSeconds === Infinity ? undefined : maxTtlSeconds,
  };
}

function requireAllowed({ directives }: CacheControls, allowed: readonly string[]): void {
  const refused = directives.find(({ control }) => !allowed.includes(control));
  if (!refused) return;
  const { control, param } = refused;
  const may = allowed.length === 0 ? 'none' : allowed.join(', ');
  throw new GatewayError('cache_control_not_allowed', {
    message: `This key may not use the cache control '${control}'${param === control ? '' : ` (${param})`}. It may use: ${may}.`,
    param,
  });
}
