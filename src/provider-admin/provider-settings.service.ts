import { Injectable } from '@nestjs/common';
import { type CreateProvider, providerHeaders, type UpdateProvider } from '@thriftgate/contracts';
import { type VendorName, VENDORS, vendorOf } from '@thriftgate/providers';
import type { Actor } from '../audit/seen-version';
import { invalidRequest } from '../common/zod-issues';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { SIMULATOR_NAME } from '../config/provider-settings';
import { ChangeFeed } from '../database/change-feed.service';
import { ModelRegistry } from '../models/model-registry.service';
import { ProviderConnections } from '../providers/provider-connections.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import type { ProviderInForce } from '../providers/providers-in-force';
import { ProvidersRepository } from '../providers/providers.repository';
import { hintOf, type StoredKey, type StoredProvider } from '../providers/stored-provider';
import { invalidMember, noSuchProvider, setElsewhere } from './provider-errors';

const MAX_HEADERS = 32;
const MAX_NAMED = 10;

/** Adds, changes and deletes providers while the gateway runs. A change is in force here when its method returns. */
@Injectable()
export class ProviderSettingsService {
  constructor(
    private readonly registry: ProviderRegistry,
    private readonly repository: ProvidersRepository,
    private readonly connections: ProviderConnections,
    private readonly models: ModelRegistry,
    private readonly changeFeed: ChangeFeed,
  ) {}

  /** @throws GatewayError `not_found` */
  get(name: string): ProviderInForce {
    const found = this.registry.settings().find((each) => each.name === name);
    if (!found) throw noSuchProvider(name);
    return found;
  }

  /** @throws GatewayError `conflict` for a name in use, `invalid_request` that names the member */
  async create(body: CreateProvider, actor: string): Promise<ProviderInForce> {
    const { name, type, base_url: baseUrl = null, headers = {}, query = {}, enabled } = body;
    if (name === SIMULATOR_NAME)
      throw invalidMember('name', 'is the name of the built-in simulator; choose another one');
    if (!vendorOf(type)) throw invalidMember('type', `must be one of ${Object.keys(VENDORS).join(', ')}`);
    if (this.registry.find(name)) throw nameTaken(name);
    const sent: CreateProvider['keys'] = body.api_key === undefined ? body.keys : [{ key: body.api_key }, ...body.keys];
    const keys = sent.map((key) => newKey(name, key.key, { name: key.name }));
    this.check({ type, baseUrl, headers }, keys.length > 0);
    const now = new Date();
    const created: StoredProvider = {
      name,
      type: type as VendorName,
      baseUrl,
      headers,
      query,
      enabled,
      servesCatalogue: body.serves_catalogue ?? name === type,
      createdAt: now,
      updatedAt: now,
    };
    const work = (before: StoredProvider | null) => {
      if (before) throw nameTaken(name);
      return created;
    };
    await this.repository.change({ name, actor, work, keys });
    await this.changeFeed.announce('providers');
    return this.get(name);
  }

  /** @throws GatewayError `not_found`, `conflict` for one that the operator has set, `invalid_request` that names the member */
  async update(name: string, body: UpdateProvider, actor: Actor): Promise<ProviderInForce> {
    const { keys } = this.requireOwn(name);
    const work = (before: StoredProvider | null) => {
      if (!before) throw noSuchProvider(name);
      const after: StoredProvider = {
        ...before,
        baseUrl: body.base_url === undefined ? before.baseUrl : body.base_url,
        headers: body.headers ? changedHeaders(before.headers, body.headers) : before.headers,
        query: body.query ?? before.query,
        enabled: body.enabled ?? before.enabled,
        servesCatalogue: body.serves_catalogue ?? before.servesCatalogue,
      };
      // A provider whose address the operator has forbidden since can still be switched off.
      if (body.base_url !== undefined || body.headers) this.check(after, keys.length > 0);
      return after;
    };
    await this.repository.change({ name, actor, work });
    await this.changeFeed.announce('providers');
    return this.get(name);
  }

  /** @throws GatewayError `not_found`, `conflict` while models of administrators or of gateway.yaml use it */
  async delete(name: string, actor: Actor): Promise<void> {
    this.requireOwn(name);
    const users = this.models.usersOf(name);
    if (users.length > 0) throw inUse(name, users);
    const work = (before: StoredProvider | null) => {
      if (!before) throw noSuchProvider(name);
      return null;
    };
    await this.repository.change({ name, actor, work });
    await this.changeFeed.announce('providers');
  }

  /** @throws GatewayError `not_found`, `conflict` for one that the operator has set */
  requireOwn(name: string): ProviderInForce {
    const found = this.get(name);
    if (found.source !== 'admin') throw setElsewhere(found);
    return found;
  }

  private check(
    { type, baseUrl, headers }: { type: string; baseUrl: string | null; headers: Readonly<Record<string, string>> },
    hasKey: boolean,
  ): void {
    const url = baseUrl ?? vendorOf(type)?.baseUrl;
    if (url === undefined) throw invalidMember('base_url', `is required for a provider of type ${type}`);
    // The vendors' own are public; those of servers are on this machine.
    const problem = this.connections.problemOf(url);
    if (problem !== undefined) throw invalidMember('base_url', `${problem}: ${url}`);
    if (hasKey && headers.authorization !== undefined)
      throw invalidMember('headers.authorization', 'and a key are both a credential; set one of them');
  }
}

/** A key that is not stored yet. */
export function newKey(
  provider: string,
  secret: string,
  { name, teamId = null, fallback = false }: { name?: string | undefined; teamId?: string | null; fallback?: boolean },
): StoredKey {
  const id = newId('provider_key');
  return { id, provider, teamId, name: name ?? null, secret, hint: hintOf(secret), fallback, createdAt: new Date() };
}

/** Headers after a change: null removes one. @throws GatewayError `invalid_request` that names the header */
function changedHeaders(before: Readonly<Record<string, string>>, changes: Readonly<Record<string, string | null>>) {
  const set = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== null);
  const parsed = providerHeaders.safeParse(Object.fromEntries(set));
  if (!parsed.success)
    throw invalidRequest(parsed.error.issues.map((issue) => ({ ...issue, path: ['headers', ...issue.path] })));
  const removed = new Set(
    Object.keys(changes)
      .filter((name) => changes[name] === null)
      .map((name) => name.toLowerCase()),
  );
  const kept = Object.entries({ ...before, ...parsed.data }).filter(([name]) => !removed.has(name));
  if (kept.length > MAX_HEADERS) throw invalidMember('headers', `must be at most ${MAX_HEADERS}`);
  return Object.fromEntries(kept);
}

function nameTaken(name: string): GatewayError {
  const message = `A provider "${name}" already exists; choose another name, or change it by PATCH /admin/providers/{provider}.`;
  return new GatewayError('conflict', { message, param: 'name' });
}

function inUse(provider: string, users: ReturnType<ModelRegistry['usersOf']>): GatewayError {
  const named = users
    .slice(0, MAX_NAMED)
    .map(({ name, source }) => (source === 'admin' ? name : `${name} (${source})`));
  const more = users.length > MAX_NAMED ? ` and ${users.length - MAX_NAMED} more` : '';
  const places = new Set(users.map(({ source }) => (source === 'admin' ? 'at /admin/models' : `in ${source}`)));
  return new GatewayError('conflict', {
    message: `The provider "${provider}" has deployments of the models ${named.join(', ')}${more}. Change or delete these ${[...places].join(' and ')} first.`,
  });
}
