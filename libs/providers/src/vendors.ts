import { gemini } from './gemini/gemini';
import { openAi, openAiCompatible } from './openai/openai';
import type { Provider } from './provider';

/** A vendor, or a kind of server. Its name is a provider's `type`, the name of the provider that a key adds, and its catalogue's. */
export interface Vendor {
  /** As people write it. */
  readonly label: string;
  readonly api: Provider;
  /** As in the vendor's SDK; undefined where each customer or server has its own. */
  readonly baseUrl?: string;
  /** `<variables>_API_KEY` and `<variables>_BASE_URL` in the environment add a provider; undefined: only gateway.yaml does. */
  readonly variables?: string;
  /** Whether its servers need no key. A base URL in the environment then adds the provider. */
  readonly keyless?: boolean;
}

/** Every vendor whose API the gateway speaks. A later one serves a catalogue model that an earlier one has too. */
export const VENDORS = {
  openai: { label: 'OpenAI', api: openAi, baseUrl: 'https://api.openai.com/v1', variables: 'OPENAI' },
  gemini: {
    label: 'Gemini',
    api: gemini,
    baseUrl: 'https://generativelanguage.googleapis.com',
    variables: 'GEMINI',
  },
  deepseek: { label: 'DeepSeek', api: openAiCompatible, baseUrl: 'https://api.deepseek.com', variables: 'DEEPSEEK' },
  'openai-compatible': { label: 'any OpenAI-compatible server', api: openAiCompatible, keyless: true },
} as const satisfies Record<string, Vendor>;

export type VendorName = keyof typeof VENDORS;
type Variables = Extract<(typeof VENDORS)[VendorName], { variables: string }>['variables'];
export type KeyVariable = `${Variables}_API_KEY`;
export type UrlVariable = `${Variables}_BASE_URL`;

/** A vendor that variables of the environment add. */
export interface EnvironmentVendor {
  readonly name: VendorName;
  readonly vendor: Vendor;
  readonly keyVariable: KeyVariable;
  readonly urlVariable: UrlVariable;
}

export const ENVIRONMENT_VENDORS: readonly EnvironmentVendor[] = Object.entries<Vendor>(VENDORS).flatMap(
  ([name, vendor]) => {
    if (vendor.variables === undefined) return [];
    const variables = vendor.variables as Variables;
    const names = { keyVariable: `${variables}_API_KEY`, urlVariable: `${variables}_BASE_URL` } as const;
    return { name: name as VendorName, vendor, ...names };
  },
);

/** The vendor of a name; undefined for any other name, as `constructor`. */
export function vendorOf(name: string): Vendor | undefined {
  return Object.hasOwn(VENDORS, name) ? VENDORS[name as VendorName] : undefined;
}
