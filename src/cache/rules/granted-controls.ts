import type { Caller } from '../../common/caller';
import { GatewayError } from '../../common/errors';
import type { Model } from '../../models/model';
import type { CacheControls } from '../controls/cache-controls';

/**
 * What a call is granted of what it asks for: administrators' rules for its key and for its model are held against it. A
 * longer time than they allow is cut in silence, for the answer tells the time that holds; a control that the key may not use
 * is refused, as in LiteLLM, for it would change which answer comes.
 *
 * @see https://docs.litellm.ai/docs/proxy/caching_controls
 * @throws GatewayError `cache_control_not_allowed` that names the control, and the member or header it came in
 */
export function grantedControls(asked: CacheControls, { cache: model }: Model, { cache: key }: Caller): CacheControls {
  if (key?.allowedControls) requireAllowed(asked, key.allowedControls);
  const enabled = model.enabled !== false && key?.enabled !== false;
  const maxTtlSeconds = Math.min(model.maxTtlSeconds ?? Infinity, key?.maxTtlSeconds ?? Infinity);
  if (enabled && maxTtlSeconds === Infinity) return asked;
  return {
    ...asked,
    read: asked.read && enabled,
    write: asked.write && enabled,
    maxTtlSeconds: maxTtlSeconds === Infinity ? undefined : maxTtlSeconds,
  };
}

function requireAllowed({ wishes }: CacheControls, allowed: readonly string[]): void {
  const refused = wishes.find(({ control }) => !allowed.includes(control));
  if (!refused) return;
  const { control, param } = refused;
  const may = allowed.length === 0 ? 'none' : allowed.join(', ');
  throw new GatewayError('cache_control_not_allowed', {
    message: `This key may not use the cache control '${control}'${param === control ? '' : ` (${param})`}. It may use: ${may}.`,
    param,
  });
}
