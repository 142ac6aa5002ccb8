import { simulator, type UpstreamTransport, VENDORS, vendorOf } from '@thriftgate/providers';
import { type ConfiguredProvider, type Credential, OWN_CREDENTIAL } from './provider';
import type { KeyInForce, ProviderInForce } from './providers-in-force';
import { redactedApi, secretHeaders } from './redacted-api';

const NONE: readonly ConfiguredProvider[] = [];

/** A provider with each of its credentials, ready for attempts. */
export interface RegisteredProvider {
  /** With the first credential of the gateway; without any, with none. */
  base: ConfiguredProvider;
  /** With each credential that the calls of every team may use. */
  ofGateway: readonly ConfiguredProvider[];
  /** With each credential that the calls of a team may use, its own ones first; for teams with keys of their own. */
  ofTeams: ReadonlyMap<string, readonly ConfiguredProvider[]>;
}

export function registeredProvider(settings: ProviderInForce, transport: UpstreamTransport): RegisteredProvider {
  const { name, type, baseUrl, headers, catalogueVendor, enabled, keys } = settings;
  const usable = keys.flatMap((key) => (key.secret === undefined ? [] : { ...key, secret: key.secret }));
  const simulated = type === 'simulator';
  const secrets = [settings.apiKey ?? '', ...usable.map(({ secret }) => secret)];
  const api = redactedApi(type === 'simulator' ? simulator : VENDORS[type].api, [
    ...secrets,
    ...secretHeaders(headers),
  ]);
  const shared = { name, api, transport, baseUrl, headers, catalogueVendor, enabled, simulated };
  const withKey = (apiKey: string | undefined, credential: Credential) => ({ ...shared, apiKey, credential });
  const withStored = (key: (typeof usable)[number]) => withKey(key.secret, credentialOf(key));
  const own = withKey(settings.apiKey, OWN_CREDENTIAL);
  const stored = usable.filter(({ teamId }) => teamId === null).map(withStored);
  const ofGateway = stored.length > 0 ? stored : needsNoKey(settings) ? [own] : NONE;
  const teams = new Set(usable.flatMap(({ teamId }) => teamId ?? []));
  const ofTeams = new Map(
    [...teams].map((teamId) => {
      const ofTeam = usable.filter((key) => key.teamId === teamId);
      const isAlone = !ofTeam.some(({ fallback }) => fallback);
      return [teamId, [...ofTeam.map(withStored), ...(isAlone ? NONE : ofGateway)]];
    }),
  );
  return { base: ofGateway[0] ?? own, ofGateway, ofTeams };
}

/** Whether a provider without stored keys of the gateway gets calls: as its operator set it, or because its server needs no key. */
function needsNoKey({ source, type, headers }: ProviderInForce): boolean {
  return source !== 'admin' || vendorOf(type)?.keyless === true || headers !== undefined;
}

function credentialOf({ id, teamId, name, hint }: KeyInForce): Credential {
  return { id, teamId, label: [name, hint].filter((part) => part !== null).join(' ') || id };
}
