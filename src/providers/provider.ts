import type { Provider, UpstreamTransport } from '@thriftgate/providers';

/** Which of a provider's keys a request carries. */
export interface Credential {
  /** Of a stored key; null for that of the environment or gateway.yaml, and for none. */
  id: string | null;
  /** The team whose own key it is; null for the gateway's. */
  teamId: string | null;
  /** What people call it in messages; null where the provider has only one. */
  label: string | null;
}

/** A provider as an attempt uses it: its API, its transport and one of its credentials. */
export interface ConfiguredProvider {
  name: string;
  api: Provider;
  transport: UpstreamTransport;
  baseUrl: string;
  apiKey: string | undefined;
  credential: Credential;
  /** Headers that each request has besides those of the API; undefined for none. */
  headers: Readonly<Record<string, string>> | undefined;
  /** The vendor whose catalogue models are served under their own names, `*` for every vendor; undefined for none. */
  catalogueVendor: string | undefined;
  /** False: an administrator has switched it off, and it gets no calls. */
  enabled: boolean;
  /** True for the simulator: no model writes its answers, and they cost nothing. */
  simulated: boolean;
}

/** The credential of a provider that has no stored keys. */
export const OWN_CREDENTIAL: Credential = Object.freeze({ id: null, teamId: null, label: null });
