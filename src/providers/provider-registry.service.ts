import { isDeepStrictEqual } from 'node:util';
import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { SimulatorTransport, type UpstreamTransport } from '@thriftgate/providers';
import { GatewayConfig } from '../config/gateway-config';
import { SIMULATOR_NAME } from '../config/provider-settings';
import { ChangeFeed } from '../database/change-feed.service';
import type { ConfiguredProvider } from './provider';
import { ProviderConnections } from './provider-connections.service';
import { type ProviderInForce, providersInForce } from './providers-in-force';
import { ProvidersRepository } from './providers.repository';
import { type RegisteredProvider, registeredProvider } from './registered-provider';
import type { StoredProviders } from './stored-provider';

const NONE: readonly ConfiguredProvider[] = [];
const NOTHING_STORED: StoredProviders = { providers: [], keys: [] };

/** Connections that end when their last call has ended. */
type Client = UpstreamTransport & { drain(): Promise<void> };

/** A provider, with the settings and the connections that belong to it. */
interface Registered extends RegisteredProvider {
  settings: ProviderInForce;
  /** Undefined for the simulator, which has no connections. */
  client: Client | undefined;
}

type Listener = () => void | Promise<void>;

/**
 * The providers in force. The only reader of their settings: every other feature asks the registry. A reload replaces all
 * of them at once; calls that run on a provider which is changed or removed finish on its old connections.
 */
@Injectable()
export class ProviderRegistry implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ProviderRegistry.name);
  private readonly simulatorTransport = new SimulatorTransport();
  private readonly draining = new Set<Client>();
  private readonly listeners: Listener[] = [];
  private readonly revivals: ((name: string) => void)[] = [];
  private registered: ReadonlyMap<string, Registered> = new Map();
  private teams: ReadonlySet<string> = new Set();
  private reloading: Promise<void> = Promise.resolve();

  constructor(
    private readonly config: GatewayConfig,
    private readonly changeFeed: ChangeFeed,
    private readonly repository: ProvidersRepository,
    private readonly connections: ProviderConnections,
  ) {
    this.replace(NOTHING_STORED);
  }

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('providers', () => this.reload());
    await this.reload();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.repository.renewSecrets();
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

  /** A provider, also one that is switched off, with its first credential. */
  find(name: string): ConfiguredProvider | undefined {
    return this.registered.get(name)?.base;
  }

  /**
   * A provider once with each credential that the calls of a team may use, the team's own ones first. Empty for one that is
   * unknown, switched off, or has no key for the team.
   *
   * @param teamId null for the calls of teams without keys of their own
   */
  withCredentials(name: string, teamId: string | null): readonly ConfiguredProvider[] {
    const found = this.registered.get(name);
    if (!found?.base.enabled) return NONE;
    return (teamId === null ? undefined : found.ofTeams.get(teamId)) ?? found.ofGateway;
  }

  /** A provider with one of its stored keys, also where it is switched off. */
  withKey(name: string, keyId: string): ConfiguredProvider | undefined {
    const found = this.registered.get(name);
    const all = found ? [...found.ofGateway, ...[...found.ofTeams.values()].flat()] : [];
    return all.find(({ credential }) => credential.id === keyId);
  }

  /** Whether a team has a key of its own for one of these providers. */
  hasOwnKey(teamId: string, providers: readonly { provider: string }[]): boolean {
    if (!this.teams.has(teamId)) return false;
    return providers.some(({ provider }) => this.registered.get(provider)?.ofTeams.has(teamId));
  }

  all(): ConfiguredProvider[] {
    return [...this.registered.values()].map(({ base }) => base);
  }

  names(): string[] {
    return [...this.registered.keys()];
  }

  /** All names, also that of a simulator which administrators' providers have replaced. */
  knownNames(): string[] {
    return [...new Set([...Object.keys(this.config.providers), ...this.registered.keys()])];
  }

  /** What is set of each provider, for administrators. */
  settings(): ProviderInForce[] {
    return [...this.registered.values()].map(({ settings }) => settings);
  }

  /** Registers what runs after every reload, in the order of registration. A reload fails where a listener does. */
  onReload(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Registers what runs where a provider is switched on again or gets another base URL: what is known of it is old. */
  onRevived(listener: (name: string) => void): void {
    this.revivals.push(listener);
  }

  /** Reads the settings again and puts them in force. Reloads run one after the other, so that none applies an older state. */
  reload(): Promise<void> {
    const reloading = this.reloading.then(() => this.readAll());
    this.reloading = reloading.catch(() => undefined);
    return reloading;
  }

  /** Aborts the running calls: each fails as if its provider had closed the connection. */
  abandon(): void {
    void this.close();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.close();
  }

  private async readAll(): Promise<void> {
    const stored = await this.repository.all();
    for (const { id, provider, secret } of stored.keys)
      if (secret === undefined) this.logger.error({ key: id, provider }, 'a key of a provider cannot be decrypted');
    this.replace(stored);
    for (const listener of this.listeners) await listener();
  }

  private replace(stored: StoredProviders): void {
    const before = this.registered;
    const inForce = providersInForce(this.config.providers, stored, this.config.simulatorIsAutomatic);
    this.registered = new Map(inForce.map((each) => [each.name, this.register(each, before.get(each.name))]));
    this.teams = new Set([...this.registered.values()].flatMap(({ ofTeams }) => [...ofTeams.keys()]));
    for (const [name, old] of before) {
      const now = this.registered.get(name);
      if (old.client && now?.client !== old.client) this.drain(old.client);
      if (now && isRevived(old.settings, now.settings)) for (const listener of this.revivals) listener(name);
    }
  }

  private register(settings: ProviderInForce, old: Registered | undefined): Registered {
    if (old && isDeepStrictEqual(old.settings, settings)) return old;
    const isSamePlace =
      old?.settings.baseUrl === settings.baseUrl && (old.settings.source === 'admin') === (settings.source === 'admin');
    const client = old?.client && isSamePlace ? old.client : this.connect(settings);
    const transport = client ?? this.simulatorTransport;
    // A copy, so that settings changed in place are seen as changed.
    return { ...registeredProvider(settings, transport), settings: { ...settings }, client };
  }

  private connect({ type, source, baseUrl }: ProviderInForce): Client | undefined {
    if (type === 'simulator') return undefined;
    return source === 'admin' ? this.connections.connectChecked(baseUrl) : this.connections.connect();
  }

  private drain(client: Client): void {
    this.draining.add(client);
    void client.drain().finally(() => this.draining.delete(client));
  }

  private async close(): Promise<void> {
    const clients = [...this.registered.values()].flatMap(({ client }) => client ?? []);
    await Promise.all([...clients, ...this.draining].map((client) => client.close()));
  }
}

function isRevived(before: ProviderInForce, now: ProviderInForce): boolean {
  return (now.enabled && !before.enabled) || now.baseUrl !== before.baseUrl;
}
