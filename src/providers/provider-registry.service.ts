import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { openAi, openAiCompatible, SimulatorTransport, UpstreamClient } from '@thriftgate/providers';
import { GatewayConfig } from '../config/gateway-config';
import { VERSION } from '../common/version';
import { type ProviderSettings, SIMULATOR_NAME } from '../config/provider-settings';
import { ChangeFeed } from '../database/change-feed.service';
import type { ConfiguredProvider } from './provider';
import { redactedApi } from './redacted-api';

const MAX_CONNECTIONS_PER_ORIGIN = 512;
const SHORTEST_SECRET = 12;
const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/** A provider, with the settings and the connections that belong to it. */
interface Registered {
  provider: ConfiguredProvider;
  settings: ProviderSettings;
  /** Undefined for the simulator, which has no connections. */
  client: UpstreamClient | undefined;
}

type Listener = () => void | Promise<void>;

/**
 * The providers in force. The only reader of their settings: every other feature asks the registry. A reload replaces all
 * of them at once; calls that run on a provider which is changed or removed finish on its old connections.
 */
@Injectable()
export class ProviderRegistry implements OnModuleInit, OnApplicationShutdown {
  private readonly simulatorTransport = new SimulatorTransport();
  private readonly draining = new Set<UpstreamClient>();
  private readonly listeners: Listener[] = [];
  private registered: ReadonlyMap<string, Registered> = new Map();

  constructor(
    private readonly config: GatewayConfig,
    private readonly changeFeed: ChangeFeed,
  ) {
    this.replace(config.providers);
  }

  onModuleInit(): void {
    this.changeFeed.onChange('providers', () => this.reload());
  }

  /** Keys in the environment of vendors whose own API this version does not speak. */
  get unusedVendorKeys(): readonly string[] {
    return this.config.unusedVendorKeys;
  }

  /** Which part of the models the simulator answers for. */
  get simulated(): 'all' | 'some' | 'none' {
    const simulated = this.all().filter((provider) => provider.simulated).length;
    if (simulated === 0) return 'none';
    return simulated === this.registered.size ? 'all' : 'some';
  }

  /** Whether a provider's answers are made up by the simulator, also in old rows of the ledger. */
  isSimulated(name: string): boolean {
    return name === SIMULATOR_NAME || this.find(name)?.simulated === true;
  }

  find(name: string): ConfiguredProvider | undefined {
    return this.registered.get(name)?.provider;
  }

  all(): ConfiguredProvider[] {
    return [...this.registered.values()].map(({ provider }) => provider);
  }

  names(): string[] {
    return [...this.registered.keys()];
  }

  /** Registers what runs after every reload, in the order of registration. A reload fails where a listener does. */
  onReload(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Reads the settings again and puts them in force. */
  async reload(): Promise<void> {
    this.replace(this.config.providers);
    for (const listener of this.listeners) await listener();
  }

  /** Aborts the running calls: each fails as if its provider had closed the connection. */
  abandon(): void {
    void this.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  private replace(settings: Readonly<Record<string, ProviderSettings>>): void {
    const before = this.registered;
    this.registered = new Map(
      Object.entries(settings).map(([name, each]) => {
        const old = before.get(name);
        return [name, old && isDeepStrictEqual(old.settings, each) ? old : this.register(name, each)];
      }),
    );
    for (const [name, { client }] of before)
      if (client && this.registered.get(name)?.client !== client) this.drain(client);
  }

  private register(name: string, settings: ProviderSettings): Registered {
    const simulated = settings.type === 'simulator';
    const client = simulated ? undefined : this.connect();
    const { baseUrl, apiKey, headers, catalogueVendor } = settings;
    const transport = client ?? this.simulatorTransport;
    const api = redactedApi(settings.type === 'openai' ? openAi : openAiCompatible, [
      apiKey ?? '',
      ...Object.values(headers ?? {}).filter(isLikelySecret),
    ]);
    return {
      provider: { name, api, transport, baseUrl, apiKey, headers, catalogueVendor, simulated },
      // A copy, so that settings changed in place are seen as changed.
      settings: { ...settings },
      client,
    };
  }

  private connect(): UpstreamClient {
    return new UpstreamClient({
      ...this.config.upstream,
      maxConnectionsPerOrigin: MAX_CONNECTIONS_PER_ORIGIN,
      maxReplyBytes: MAX_REPLY_BYTES,
      userAgent: `thriftgate/${VERSION}`,
    });
  }

  private drain(client: UpstreamClient): void {
    this.draining.add(client);
    void client.drain().finally(() => this.draining.delete(client));
  }

  private async close(): Promise<void> {
    const clients = [...this.registered.values()].flatMap(({ client }) => client ?? []);
    await Promise.all([...clients, ...this.draining].map((client) => client.close()));
  }
}

/** Whether the value of a header may be a credential, and not a word that errors need. */
function isLikelySecret(value: string): boolean {
  return value.length >= SHORTEST_SECRET;
}
