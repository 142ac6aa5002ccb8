import type { Environment } from './environment';
import type { GatewayFile } from './gateway-file';
import { withQuery } from './provider-extras';

/** A vendor's API, or another server that speaks OpenAI's API. */
export interface ProviderSettings {
  type: 'openai' | 'openai-compatible' | 'simulator';
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
  baseUrl: 'http://simulator/v1',
  apiKey: undefined,
  catalogueVendor: '*',
};

/** The vendors that a key in the environment adds, with their types and the names of their variables. */
const VENDORS = [
  ['openai', 'openai', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  ['deepseek', 'openai-compatible', 'DEEPSEEK_API_KEY', 'DEEPSEEK_BASE_URL'],
] as const;

/** The environment variables that decide on providers, validated or not. */
type Variables = {
  readonly [Name in (typeof VENDORS)[number][2 | 3] | 'DATABASE_URL' | 'SIMULATOR']?: string | undefined;
};

/** The providers of the environment and of gateway.yaml, by name. If two serve a catalogue model, the later one is used. */
export function providerSettings(env: Environment, file: GatewayFile): Record<string, ProviderSettings> {
  const providers: Record<string, ProviderSettings> = isSimulatorOn(env, file) ? { [SIMULATOR_NAME]: SIMULATOR } : {};
  for (const [name, type, key, url] of VENDORS) {
    const apiKey = env[key];
    if (apiKey) providers[name] = { type, baseUrl: trimSlash(env[url]), apiKey, catalogueVendor: name };
  }
  for (const [name, provider] of Object.entries(file.providers)) {
    const defaultUrl = provider.type === 'simulator' ? SIMULATOR.baseUrl : env.OPENAI_BASE_URL;
    providers[name] = {
      type: provider.type,
      baseUrl: withQuery(trimSlash(provider.base_url ?? defaultUrl), provider.query),
      apiKey: provider.api_key || undefined,
      headers: Object.keys(provider.headers).length > 0 ? provider.headers : undefined,
      catalogueVendor: providers[name]?.catalogueVendor,
    };
  }
  return providers;
}

/** The problems of the providers, and of the simulator in place of one. */
export function providerProblems(env: Variables, file: GatewayFile): string[] {
  return [
    ...misnamedProviders(file),
    ...credentialsInUrls(env, file),
    ...unknownProviders(env, file),
    ...simulatorProblems(env, file),
  ];
}

function isSimulatorOn(env: Variables, file: GatewayFile): boolean {
  const { SIMULATOR: mode = 'auto', DATABASE_URL } = env;
  return mode === 'on' || (mode === 'auto' && DATABASE_URL === undefined && !hasProvider(env, file));
}

/** Whether a provider can serve calls: a vendor with a key, or an OpenAI-compatible server, which may need none. */
function hasProvider(env: Variables, file: GatewayFile): boolean {
  const { providers } = file;
  return (
    VENDORS.some(([name, , key]) => env[key] && !providers[name]) ||
    Object.values(providers).some(({ type, api_key }) => type === 'openai-compatible' || (type === 'openai' && api_key))
  );
}

/** Refuses `user:password@` in base URLs, which no request carries. */
function credentialsInUrls(env: Variables, { providers }: GatewayFile): string[] {
  const urls = [
    ...VENDORS.map(([, , , url]): [string, string | undefined] => [url, env[url]]),
    ...Object.entries(providers).map(([name, { base_url }]): [string, string | undefined] => [
      `providers.${name}.base_url`,
      base_url,
    ]),
  ];
  return urls.flatMap(([place, url]) =>
    url !== undefined && /^\w+:\/\/[^/?#]*@/.test(url)
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
          `SIMULATOR: ${why}, and no provider has a key; set OPENAI_API_KEY or DEEPSEEK_API_KEY, declare a provider in gateway.yaml, or set SIMULATOR=on`,
        ]),
  ];
}

/** The deployments in gateway.yaml whose provider is neither declared there nor added by a variable. */
function unknownProviders(env: Variables, file: GatewayFile): string[] {
  const known = new Set(Object.keys(file.providers));
  for (const [name, , key] of VENDORS) if (env[key]) known.add(name);
  if (isSimulatorOn(env, file)) known.add(SIMULATOR_NAME);
  return Object.entries(file.models).flatMap(([model, { deployments }]) =>
    deployments.flatMap(({ provider }, index) =>
      known.has(provider)
        ? []
        : [
            `models.${model}.deployments.${index}.provider: there is no provider "${provider}"; declare it under providers or set its API key`,
          ],
    ),
  );
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
