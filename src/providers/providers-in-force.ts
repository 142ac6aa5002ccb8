import { vendorOf } from '@thriftgate/providers';
import { type ProviderSettings, SIMULATOR_NAME } from '../config/provider-settings';
import { withQuery } from '../config/provider-extras';
import type { StoredKey, StoredProvider, StoredProviders } from './stored-provider';

/** A key of a provider in force. */
export type KeyInForce = Omit<StoredKey, 'provider'>;

/** A provider in force, wherever it is set. */
export interface ProviderInForce extends Omit<ProviderSettings, 'source'> {
  name: string;
  source: ProviderSettings['source'] | 'admin';
  enabled: boolean;
  /** The stored keys, the gateway's and those of teams. */
  keys: readonly KeyInForce[];
  /** What administrators set; undefined for a provider of the operator. */
  stored: StoredProvider | undefined;
}

/**
 * The providers of the environment and gateway.yaml, then those of administrators. The operator's own replace others of the
 * same name.
 *
 * @param simulatorIsAutomatic whether the simulator goes once administrators have added a provider
 */
export function providersInForce(
  configured: Readonly<Record<string, ProviderSettings>>,
  { providers, keys }: StoredProviders,
  simulatorIsAutomatic: boolean,
): ProviderInForce[] {
  const keysOf = (name: string, ofTeams: boolean) =>
    keys.filter((key) => key.provider === name && (!ofTeams || key.teamId !== null)).map(withoutProvider);
  const own = Object.entries(configured)
    .filter(([name]) => !(simulatorIsAutomatic && name === SIMULATOR_NAME && providers.length > 0))
    .map(([name, settings]) => ({ ...settings, name, enabled: true, keys: keysOf(name, true), stored: undefined }));
  const added = providers
    .filter(({ name, type }) => configured[name] === undefined && vendorOf(type) !== undefined)
    .map((stored) => fromStored(stored, keysOf(stored.name, false)));
  return [...own, ...added];
}

function fromStored(stored: StoredProvider, keys: readonly KeyInForce[]): ProviderInForce {
  const { name, type, baseUrl, query, headers, enabled, servesCatalogue } = stored;
  return {
    name,
    source: 'admin',
    type,
    baseUrl: withQuery((baseUrl ?? vendorOf(type)?.baseUrl ?? '').replace(/\/+$/, ''), query),
    apiKey: undefined,
    headers: Object.keys(headers).length > 0 ? headers : undefined,
    catalogueVendor: servesCatalogue ? type : undefined,
    enabled,
    keys,
    stored,
  };
}

function withoutProvider({ id, teamId, name, secret, hint, fallback, createdAt }: StoredKey): KeyInForce {
  return { id, teamId, name, secret, hint, fallback, createdAt };
}
