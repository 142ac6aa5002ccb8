import { ENVIRONMENT_VENDORS, type VendorName, vendorOf } from '@thriftgate/providers';
import type { Environment } from './environment';
import type { GatewayFile } from './gateway-file';
import { withQuery } from './provider-extras';

/** A vendor's API, or another server that speaks one. */
export interface ProviderSettings {
  type: VendorName | 'simulator';
  source: 'environment' | 'gateway.yaml';
  /** With the version prefix (`/v1`), without a trailing slash. */
  baseUrl: string;
  apiKey: string | undefined;
  /** Headers that each request has, by names in lower case; undefined for none. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The vendor whose catalogue models are served under their own names, `*` for every vendor; undefined for none. */
  catalogueVendor: string | undefined;
}

/** The name of the built-in simulator. */
export const SIMULATOR_NAME = 'simulator';

const SIMULATOR: ProviderSettings = {
  type: 'simulator',
  source: 'environment',
  baseUrl: 'http://simulator/v1',
  apiKey: undefined,
  catalogueVendor: '*',
};

/** The environment variables that decide on providers, validated or not. */
type Variables = Readonly<Record<string, string | boolean | number | undefined>>;

/** The vendors that the environment adds: by a key, or by the base URL of servers that need none. */
function vendorsIn(env: Variables) {
  return ENVIRONMENT_VENDORS.filter(
    ({ vendor, keyVariable, urlVariable }) => env[keyVariable] || (vendor.keyless && env[urlVariable]),
  );
}

/** The providers of the environment and of gateway.yaml, by name. If two serve a catalogue model, the later one is used. */
export function providerSettings(env: Environment, file: GatewayFile): Record<string, ProviderSettings> {
  const providers: Record<string, ProviderSettings> = isSimulatorOn(env, file) ? { [SIMULATOR_NAME]: SIMULATOR } : {};
  for (const { name, keyVariable } of vendorsIn(env))
    providers[name] = {
      type: name,
      source: 'environment',
      baseUrl: trimSlash(defaultUrl(name, env)),
      apiKey: env[keyVariable],
      catalogueVendor: name,
    };
  for (const [name, provider] of Object.entries(file.providers)) {
    providers[name] = {
      type: provider.type,
      source: 'gateway.yaml',
      baseUrl: withQuery(trimSlash(provider.base_url ?? defaultUrl(provider.type, env)), provider.query),
      apiKey: provider.api_key || undefined,
      headers: Object.keys(provider.headers).length > 0 ? provider.headers : undefined,
      catalogueVendor: providers[name]?.catalogueVendor,
    };
  }
  return providers;
}

/** The base URL of the environment, else the vendor's own. */
function defaultUrl(type: ProviderSettings['type'], env: Environment): string {
  const variable = ENVIRONMENT_VENDORS.find(({ name }) => name === type)?.urlVariable;
  const given = variable === undefined ? undefined : env[variable];
  return given ?? vendorOf(type)?.baseUrl ?? SIMULATOR.baseUrl;
}

/** The problems of the providers, and of the simulator in place of one. */
export function providerProblems(env: Variables, file: GatewayFile): string[] {
  return [
    ...misnamedProviders(file),
    ...missingUrls(env, file),
    ...credentialsInUrls(env, file),
    ...simulatorProblems(env, file),
  ];
}

function isSimulatorOn(env: Variables, file: GatewayFile): boolean {
  const { SIMULATOR: mode = 'auto', DATABASE_URL } = env;
  return mode === 'on' || (mode === 'auto' && DATABASE_URL === undefined && !hasProvider(env, file));
}

/** Whether a provider can serve calls: a vendor with a credential, or servers that may need none. */
function hasProvider(env: Variables, { providers }: GatewayFile): boolean {
  return (
    vendorsIn(env).some(({ name }) => !providers[name]) ||
    Object.values(providers).some(
      ({ type, api_key, headers }) =>
        type !== 'simulator' && (vendorOf(type)?.keyless || api_key || headers.authorization),
    )
  );
}

/** A key without the base URL that each customer of the vendor has. */
function missingUrls(env: Variables, { providers }: GatewayFile): string[] {
  return vendorsIn(env).flatMap(({ name, vendor, keyVariable, urlVariable }) =>
    vendor.baseUrl === undefined && !env[urlVariable] && !providers[name]
      ? [`${urlVariable}: is required beside ${keyVariable}`]
      : [],
  );
}

/** Refuses `user:password@` in base URLs, which no request carries. */
function credentialsInUrls(env: Variables, { providers }: GatewayFile): string[] {
  const urls: [string, unknown][] = [
    ...ENVIRONMENT_VENDORS.map(({ urlVariable }): [string, unknown] => [urlVariable, env[urlVariable]]),
    ...Object.entries(providers).map(([name, each]): [string, unknown] => [
      `providers.${name}.base_url`,
      each.base_url,
    ]),
  ];
  return urls.flatMap(([place, url]) =>
    typeof url === 'string' && /^\w+:\/\/[^/?#]*@/.test(url)
      ? [`${place}: must have no user name and no password; set the provider's API key in place of them`]
      : [],
  );
}

/** Refuses the simulator's name for another provider: in the ledger and in `x-gateway-provider` it means the simulator. */
function misnamedProviders({ providers }: GatewayFile): string[] {
  const named = providers[SIMULATOR_NAME];
  return named === undefined || named.type === 'simulator'
    ? []
    : [`providers.${SIMULATOR_NAME}: is the name of the built-in simulator; choose another one`];
}

/** A shared gateway must not serve simulated responses unless its operator allows them. */
function simulatorProblems(env: Variables, file: GatewayFile): string[] {
  const { SIMULATOR: mode = 'auto', DATABASE_URL } = env;
  const off = mode === 'off' || (mode === 'auto' && DATABASE_URL !== undefined);
  if (!off) return [];
  const why = mode === 'off' ? 'is off' : 'is off beside DATABASE_URL';
  const declared = Object.entries(file.providers).filter(([, { type }]) => type === 'simulator');
  return [
    ...declared.map(([name]) => `providers.${name}.type: the simulator ${why}; SIMULATOR=on allows it`),
    ...(hasProvider(env, file)
      ? []
      : [
          `SIMULATOR: ${why}, and no provider has a key; set OPENAI_API_KEY or another vendor's key, declare a provider in gateway.yaml, or set SIMULATOR=on`,
        ]),
  ];
}

/**
 * The deployments in gateway.yaml whose provider does not exist.
 *
 * @param known the providers of the environment, of gateway.yaml and of administrators
 */
export function unknownProviders(models: GatewayFile['models'], known: ReadonlySet<string>): string[] {
  return Object.entries(models).flatMap(([model, { deployments }]) =>
    deployments.flatMap(({ provider }, index) =>
      known.has(provider)
        ? []
        : [
            `models.${model}.deployments.${index}.provider: there is no provider "${provider}"; declare it under providers, set its API key, or start without this deployment and add the provider at POST /admin/providers`,
          ],
    ),
  );
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
