import { openAi, type UpstreamTransport } from '@thriftgate/providers';
import { type ConfiguredProvider, type Credential, OWN_CREDENTIAL } from '../provider';

const NO_TRANSPORT: UpstreamTransport = {
  send: () => Promise.reject(new Error('no request is expected')),
  close: () => Promise.resolve(),
};

export function aProvider(members: Partial<ConfiguredProvider> = {}): ConfiguredProvider {
  return {
    name: 'openai',
    api: openAi,
    transport: NO_TRANSPORT,
    baseUrl: 'http://upstream/v1',
    apiKey: 'sk-key',
    credential: OWN_CREDENTIAL,
    headers: undefined,
    catalogueVendor: undefined,
    enabled: true,
    simulated: false,
    ...members,
  };
}

/** A stored key, the gateway's own or a team's. */
export function aCredential(id: string, teamId: string | null = null): Credential {
  return { id, teamId, label: `${id} …a1b2` };
}
