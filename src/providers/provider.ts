import type { ProviderAdapter, UpstreamTransport } from '@thriftgate/providers';

/** A provider as an attempt uses it: translation, transport and credential. */
export interface Provider {
  name: string;
  adapter: ProviderAdapter;
  transport: UpstreamTransport;
  baseUrl: string;
  apiKey: string | undefined;
  /** The vendor whose catalogue models are served under their own names, `*` for every vendor; undefined for none. */
  catalogueVendor: string | undefined;
  /** True for the simulator: no model writes its answers, and they cost nothing. */
  simulated: boolean;
}
