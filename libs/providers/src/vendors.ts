import { anthropic } from './anthropic/anthropic';
import { cohere } from './cohere/cohere';
import { compatible, compatibleResponses } from './compatible/compatible';
import type { CompatibleVendor } from './compatible/quirks';
import { COMPATIBLE_VENDORS } from './compatible/records/records';
import { gemini } from './gemini/gemini';
import { responses } from './endpoints/responses/responses.endpoint';
import { CHAT_COMPLETIONS, type Provider, RESPONSES } from './provider';
import { voyage } from './voyage/voyage';

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
  ...withApis(COMPATIBLE_VENDORS),
  anthropic: { label: 'Anthropic', api: anthropic, baseUrl: 'https://api.anthropic.com', variables: 'ANTHROPIC' },
  gemini: {
    label: 'Gemini',
    api: gemini,
    baseUrl: 'https://generativelanguage.googleapis.com',
    variables: 'GEMINI',
  },
  voyage: { label: 'Voyage AI', api: voyage, baseUrl: 'https://api.voyageai.com/v1', variables: 'VOYAGE' },
  cohere: { label: 'Cohere', api: cohere, baseUrl: 'https://api.cohere.com', variables: 'COHERE' },
} as const satisfies Record<string, Vendor>;

export type VendorName = keyof typeof VENDORS;
type Variables = Extract<(typeof VENDORS)[VendorName], { variables: string }>['variables'];
export type KeyVariable = `${Variables}_API_KEY`;
export type UrlVariable = `${Variables}_BASE_URL`;

/** Each record with the API that it describes. */
function withApis<const Records extends Record<string, CompatibleVendor>>(records: Records) {
  const entries = Object.entries(records).map(([name, record]) => [name, { ...record, api: apiOf(name, record) }]);
  return Object.fromEntries(entries) as { [Name in keyof Records]: Records[Name] & { api: Provider } };
}

/** A vendor that has Responses for some of its models is asked for chat completions of the others. */
function apiOf(name: string, record: CompatibleVendor): Provider {
  const api = compatible(name, record);
  const chat = api.translators[CHAT_COMPLETIONS];
  const overChat = chat && responses.overChat?.(chat);
  if (record.quirks.responses !== 'models without chat' || !overChat) return api;
  return { ...api, translators: { ...api.translators, [RESPONSES]: compatibleResponses(record, overChat) } };
}

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
