import type { Provider, UpstreamTransport } from '@thriftgate/providers';

/** A provider as an attempt uses it: its API, its transport and its credential. */
export interface ConfiguredProvider {
  name: string;
  api: Provider;
  transport: UpstreamTransport;
  baseUrl: string;
  apiKey: string | undefined;
  /** Headers that each request has besides those of the API; undefined for none. */
  headers: Readonly<Record<string, string>> | undefined;
  /** The vendor whose catalogue models are served under their own names, `*` for every vendor; undefined for none. */
  catalogueVendor: string | undefined;
  /** True for the simulator: no model writes its answers, and they cost nothing. */
  simulated: boolean;
}
