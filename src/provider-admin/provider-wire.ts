import type * as contracts from '@thriftgate/contracts';
import { formatUsd, type PicoUsd } from '../common/money';
import { vendorOf } from '@thriftgate/providers';
import { type Credential, OWN_CREDENTIAL } from '../providers/provider';
import type { KeyInForce, ProviderInForce } from '../providers/providers-in-force';
import { hintOf } from '../providers/stored-provider';
import type { OpenState } from '../routing/breakers/breakers.service';

/** What administrators see besides the settings of a provider. */
export interface ProviderState {
  deployments: contracts.Provider['deployments'];
  health: contracts.UpstreamHealth;
  spentTodayPusd: PicoUsd;
  /** Why its base URL is forbidden; undefined if it is allowed. */
  addressProblem: string | undefined;
  openingOf(credential: Credential): OpenState | undefined;
}

/** A provider as administrators see it, without secrets. */
export function providerToWire(settings: ProviderInForce, state: ProviderState): contracts.Provider {
  const { name, source, type, headers, enabled, catalogueVendor, stored, keys } = settings;
  const shownKeys = [...ownKey(settings, state), ...keys.map((key) => keyToWire(key, state))];
  const [baseUrl = '', query] = settings.baseUrl.split(/\?(.*)/s);
  return {
    name,
    source,
    type,
    base_url: baseUrl,
    headers: Object.keys(headers ?? {}),
    query: Object.fromEntries(new URLSearchParams(query)),
    enabled,
    serves_catalogue: catalogueVendor !== undefined,
    problem: problemOf(settings, state),
    keys: shownKeys,
    deployments: state.deployments,
    health: {
      ...state.health,
      spend_today_usd: formatUsd(state.spentTodayPusd),
      keys_set_aside: shownKeys.filter(({ set_aside: aside }) => aside !== null).length,
    },
    created_at: stored?.createdAt.toISOString() ?? null,
    updated_at: stored?.updatedAt.toISOString() ?? null,
  };
}

/** The key of the environment or gateway.yaml. */
function ownKey({ apiKey }: ProviderInForce, { openingOf }: ProviderState): contracts.ProviderKey[] {
  if (apiKey === undefined) return [];
  const setAside = asSetAside(openingOf(OWN_CREDENTIAL));
  const shown = { id: null, name: null, hint: hintOf(apiKey), team_id: null, fallback: false };
  return [{ ...shown, set_aside: setAside, created_at: null }];
}

/** A key that an administrator added, without its secret. */
export function keyToWire(key: KeyInForce, { openingOf }: Pick<ProviderState, 'openingOf'>): contracts.ProviderKey {
  const { id, name, hint, teamId, fallback, createdAt, secret } = key;
  const unreadable = { reason: 'encrypted under another SECRET_KEY', for_ms: 0 };
  const setAside = secret === undefined ? unreadable : asSetAside(openingOf({ id, teamId, label: null }));
  return { id, name, hint, team_id: teamId, fallback, set_aside: setAside, created_at: createdAt.toISOString() };
}

function asSetAside(opening: OpenState | undefined): contracts.ProviderKey['set_aside'] {
  return opening ? { reason: opening.reason, for_ms: Math.ceil(opening.forMs) } : null;
}

function problemOf(settings: ProviderInForce, { addressProblem }: ProviderState): string | null {
  const { source, type, headers, keys } = settings;
  if (source !== 'admin') return null;
  if (addressProblem !== undefined) return `Its base URL ${addressProblem}.`;
  const needsKey = !vendorOf(type)?.keyless && headers === undefined;
  return needsKey && keys.length === 0 ? 'It has no key: add one at POST /admin/providers/{provider}/keys.' : null;
}
