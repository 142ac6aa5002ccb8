import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  openAi,
  type Provider,
  SimulatorTransport,
  UpstreamClient,
  type UpstreamTransport,
} from '@thriftgate/providers';
import { GatewayConfig, type ProviderConfig } from '../config/gateway-config';

const MAX_CONNECTIONS_PER_ORIGIN = 512;
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** A provider as the configuration names it: its API, its transport and its credential. */
export interface ConfiguredProvider {
  name: string;
  api: Provider;
  transport: UpstreamTransport;
  baseUrl: string;
  apiKey: string | undefined;
}

/** Wires each configured provider to its API and transport. */
@Injectable()
export class ProviderRegistry implements OnApplicationShutdown {
  private readonly client: UpstreamClient;
  private readonly simulator = new SimulatorTransport();
  private readonly providers = new Map<string, ConfiguredProvider>();

  constructor(config: GatewayConfig) {
    this.client = new UpstreamClient({
      ...config.upstream,
      maxConnectionsPerOrigin: MAX_CONNECTIONS_PER_ORIGIN,
      maxReplyBytes: MAX_REPLY_BYTES,
    });
    for (const [name, provider] of Object.entries(config.providers))
      this.providers.set(name, this.wire(name, provider));
  }

  /** @throws Error for a name that no configuration brought, which the configuration's check rules out */
  get(name: string): ConfiguredProvider {
    const provider = this.providers.get(name);
    if (!provider) throw new Error(`there is no provider "${name}"`);
    return provider;
  }

  /** Breaks off the calls that are under way: each fails as if its provider had gone. */
  abandon(): void {
    void this.client.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }

  private wire(name: string, config: ProviderConfig): ConfiguredProvider {
    return {
      name,
      api: openAi,
      transport: config.type === 'simulator' ? this.simulator : this.client,
      baseUrl: config.baseUrl,
      apiKey: config.apiKey,
    };
  }
}
