import type { Environment } from './environment';
import type { GatewayFile } from './gateway-file';

/** A vendor's API, or another server that speaks OpenAI's API. */
export interface ProviderSettings {
  type: 'openai' | 'openai-compatible' | 'simulator';
  /** With the version prefix (`/v1`), without a trailing slash. */
  baseUrl: string;
  apiKey: string | undefined;
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

/** The vendors that a key in the environment adds, with the names of their variables. */
const VENDORS = [
  ['openai', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'],
  ['deepseek', 'DEEPSEEK_API_KEY', 'DEEPSEEK_BASE_URL'],
] as const;

/** The providers of the environment and of gateway.yaml, by name. */
export function providerSettings(env: Environment, file: GatewayFile): Record<string, ProviderSettings> {
  const declared = declaredProviders(env, file);
  const simulated = !Object.values(declared).some((provider) => provider.type !== 'simulator');
  return simulated ? { ...declared, [SIMULATOR_NAME]: SIMULATOR } : declared;
}

/** Deployments in gateway.yaml whose provider is neither declared there nor added by a vendor's key. */
export function unknownProviders(file: GatewayFile, env: Record<string, string | undefined>): string[] {
  const known = new Set(Object.keys(file.providers));
  for (const [name, key] of VENDORS) if (env[key]) known.add(name);
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

function declaredProviders(env: Environment, file: GatewayFile): Record<string, ProviderSettings> {
  const providers: Record<string, ProviderSettings> = {};
  for (const [name, key, url] of VENDORS) {
    const apiKey = env[key];
    if (apiKey) providers[name] = { type: 'openai', baseUrl: trimSlash(env[url]), apiKey, catalogueVendor: name };
  }
  for (const [name, provider] of Object.entries(file.providers)) {
    const defaultUrl = provider.type === 'simulator' ? SIMULATOR.baseUrl : env.OPENAI_BASE_URL;
    providers[name] = {
      type: provider.type,
      baseUrl: trimSlash(provider.base_url ?? defaultUrl),
      apiKey: provider.api_key === '' ? undefined : provider.api_key,
      catalogueVendor: providers[name]?.catalogueVendor,
    };
  }
  return providers;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
