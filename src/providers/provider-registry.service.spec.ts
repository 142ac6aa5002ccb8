import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { GatewayConfig } from '../config/gateway-config';
import type { ProviderSettings } from '../config/provider-settings';
import type { ChangeFeed } from '../database/change-feed.service';
import type { ConfiguredProvider } from './provider';
import { ProviderConnections } from './provider-connections.service';
import { ProviderRegistry } from './provider-registry.service';
import type { ProvidersRepository } from './providers.repository';
import type { StoredKey, StoredProvider } from './stored-provider';

const TIMEOUTS = { connectTimeoutMs: 5_000, firstByteTimeoutMs: 60_000, idleTimeoutMs: 60_000, totalTimeoutMs: 60_000 };

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 2_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`still not: ${condition.toString()}`);
    await new Promise((again) => setTimeout(again, 5));
  }
}

/** A server whose answers are given by the test, with its open connections. */
class Upstream {
  readonly waiting: ServerResponse[] = [];
  readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((_request, response) => void this.waiting.push(response));

  async start(): Promise<this> {
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return this;
  }

  get settings(): ProviderSettings {
    const baseUrl = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
    return { type: 'openai', source: 'environment', baseUrl, apiKey: 'sk-1', catalogueVendor: undefined };
  }

  /** Resolves once so many requests wait for an answer. */
  asked(count: number): Promise<void> {
    return until(() => this.waiting.length >= count);
  }

  closed(): Promise<void> {
    return until(() => this.sockets.size === 0);
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((closed) => this.server.close(() => closed()));
  }
}

const aStored = (name: string, enabled: boolean): StoredProvider => ({
  name,
  type: 'vllm',
  baseUrl: 'http://127.0.0.1:1/v1',
  headers: {},
  query: {},
  enabled,
  servesCatalogue: false,
  createdAt: new Date(0),
  updatedAt: new Date(0),
});
const aKey = (id: string, provider: string, teamId: string | null): StoredKey => {
  return {
    id,
    provider,
    teamId,
    name: null,
    secret: `secret of ${id}`,
    hint: null,
    fallback: false,
    createdAt: new Date(0),
  };
};

describe('the registry of providers', () => {
  const upstreams: Upstream[] = [];
  const registries: ProviderRegistry[] = [];
  const upstream = async () => {
    const started = await new Upstream().start();
    upstreams.push(started);
    return started;
  };
  /** A registry over settings that the test changes, and what the change feed calls. */
  const stored: { providers: StoredProvider[]; keys: StoredKey[] } = { providers: [], keys: [] };
  beforeEach(() => Object.assign(stored, { providers: [], keys: [] }));
  const registry = (providers: Record<string, ProviderSettings>) => {
    const reloads: (() => Promise<void>)[] = [];
    const onChange: ChangeFeed['onChange'] = (topic, reload) => void (topic === 'providers' && reloads.push(reload));
    const config = { providers, upstream: TIMEOUTS, providerNetworks: ['127.0.0.1'] } as unknown as GatewayConfig;
    const repository = { all: () => Promise.resolve(stored) } as Pick<
      ProvidersRepository,
      'all'
    > as ProvidersRepository;
    const made = new ProviderRegistry(config, { onChange } as ChangeFeed, repository, new ProviderConnections(config));
    void made.onModuleInit();
    registries.push(made);
    const announce = async () => {
      for (const reload of reloads) await reload();
    };
    return { made, announce };
  };
  const send = async (provider: ConfiguredProvider | undefined) => {
    if (!provider) throw new Error('no provider');
    const { transport, baseUrl } = provider;
    const url = `${baseUrl}/chat/completions`;
    const response = await transport.send({ method: 'POST', url, headers: {}, body: '{}' });
    return (await response.readAll()).toString();
  };

  afterEach(async () => {
    for (const each of registries.splice(0)) await each.onApplicationShutdown();
    for (const each of upstreams.splice(0)) await each.stop();
  });

  it('finishes running calls on the old connections and sends new ones to the new base URL', async () => {
    const [old, next] = [await upstream(), await upstream()];
    const settings = { openai: old.settings };
    const { made, announce } = registry(settings);
    const running = send(made.find('openai'));
    await old.asked(1);

    settings.openai = next.settings;
    await announce();
    const later = send(made.find('openai'));
    await next.asked(1);
    next.waiting[0]?.end('from the new one');
    expect(await later).toBe('from the new one');
    expect(old.sockets.size).toBe(1);
    old.waiting[0]?.end('from the old one');
    expect(await running).toBe('from the old one');
    await old.closed();
    expect(next.sockets.size).toBe(1);
  });

  it('serves a call that had a provider in hand when it was removed', async () => {
    const old = await upstream();
    const settings: Record<string, ProviderSettings> = { openai: old.settings };
    const { made, announce } = registry(settings);
    const inHand = made.find('openai');
    delete settings.openai;
    await announce();
    expect([made.find('openai'), made.names()]).toEqual([undefined, []]);
    const answer = send(inHand);
    await old.asked(1);
    old.waiting[0]?.end('still there');
    expect(await answer).toBe('still there');
  });

  it('keeps the connections of a provider that has not changed', async () => {
    const { settings } = await upstream();
    const { made, announce } = registry({ openai: settings });
    const before = made.find('openai');
    await announce();
    expect(made.find('openai')).toBe(before);
  });

  it('keeps the connections of a provider whose keys change, and tells which provider is another one now', async () => {
    const { settings } = await upstream();
    const { made, announce } = registry({ openai: settings });
    const revived: string[] = [];
    made.onRevived((name) => void revived.push(name));
    const { transport } = made.find('openai') ?? {};
    stored.keys = [aKey('key_1', 'openai', 'team_1')];
    stored.providers = [aStored('added', false)];
    await announce();
    expect(made.find('openai')?.transport).toBe(transport);
    expect(made.withCredentials('openai', 'team_1').map(({ apiKey }) => apiKey)).toEqual(['secret of key_1']);
    expect([
      made.hasOwnKey('team_1', [{ provider: 'openai' }]),
      made.hasOwnKey('team_2', [{ provider: 'openai' }]),
    ]).toEqual([true, false]);
    expect([made.withCredentials('added', null), made.find('added')?.enabled, revived]).toEqual([[], false, []]);
    stored.providers = [aStored('added', true)];
    await announce();
    expect([made.withCredentials('added', null).length, revived]).toEqual([1, ['added']]);
    expect(made.withKey('openai', 'key_1')?.credential.teamId).toBe('team_1');
  });

  it('calls its listeners at every reload once the new set is in force, and fails where one does', async () => {
    const settings: Record<string, ProviderSettings> = { one: (await upstream()).settings };
    const { made, announce } = registry(settings);
    await announce();
    const seen: string[][] = [];
    made.onReload(() => void seen.push(made.names()));
    settings.two = settings.one as ProviderSettings;
    await announce();
    expect(seen).toEqual([['one', 'two']]);
    made.onReload(() => Promise.reject(new Error('the database is away')));
    await expect(announce()).rejects.toThrow('the database is away');
    expect(seen).toHaveLength(2);
  });

  it('aborts running calls, those on old connections too, when the gateway stops waiting for them', async () => {
    const [old, next] = [await upstream(), await upstream()];
    const settings = { openai: old.settings };
    const { made, announce } = registry(settings);
    const running = [send(made.find('openai'))];
    await old.asked(1);
    settings.openai = next.settings;
    await announce();
    running.push(send(made.find('openai')));
    await next.asked(1);
    made.abandon();
    const ended = await Promise.allSettled(running);
    expect(ended.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });

  it('is the only reader of the settings of providers', () => {
    const root = join(__dirname, '..');
    const readers = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/^(config|providers)\//.test(file) && !file.endsWith('.spec.ts'))
      .filter((file) => /\bconfig\.providers\b/.test(readFileSync(join(root, file), 'utf8')));
    expect(readers).toEqual([]);
  });
});
