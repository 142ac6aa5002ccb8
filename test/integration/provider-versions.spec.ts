import { AuditRepository } from '../../src/audit/audit.repository';
import { versionOf } from '../../src/audit/seen-version';
import type { DataDirectory } from '../../src/config/data-directory';
import type { GatewayConfig } from '../../src/config/gateway-config';
import { SecretBox } from '../../src/config/secret-box.service';
import type { Database } from '../../src/database/database.connection';
import { RevisionsRepository } from '../../src/database/revisions.repository';
import { ProvidersRepository } from '../../src/providers/providers.repository';
import { type StoredProvider, versionedProvider } from '../../src/providers/stored-provider';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const NAME = 'headed';
const PROVIDER: StoredProvider = {
  name: NAME,
  type: 'groq',
  baseUrl: null,
  headers: { 'x-tenant': 'first' },
  query: {},
  enabled: true,
  servesCatalogue: false,
  createdAt: new Date(),
  updatedAt: new Date(),
};

/** Two administrators change the same provider. */
describe.each(DATABASE_PROFILES)('the version of a provider, on %s', (profile) => {
  let database: TestDatabase;
  let providers: ProvidersRepository;
  let audit: AuditRepository;

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    const asked = { db: database.db } as Database;
    audit = new AuditRepository(asked);
    const secrets = new SecretBox({ secretKey: 'a secret key of the gateway' } as GatewayConfig, {} as DataDirectory);
    providers = new ProvidersRepository(asked, new RevisionsRepository(asked), audit, secrets);
    await providers.change({ name: NAME, actor: 'key_A', work: () => PROVIDER });
  });
  afterAll(() => database?.close());

  const read = async () => {
    const [provider] = (await providers.all()).providers;
    if (!provider) throw new Error('there is no provider');
    return provider;
  };
  const tagOf = (provider: StoredProvider) => `"${versionOf(versionedProvider(provider))}"`;
  const setTenant = (value: string, ifMatch: string) =>
    providers.change({
      name: NAME,
      actor: { id: 'key_A', ifMatch },
      work: (before) => before && { ...before, headers: { 'x-tenant': value } },
    });

  it('changes with the values of its headers', async () => {
    const seen = tagOf(await read());
    await setTenant('second', seen);
    await expect(setTenant('third', seen)).rejects.toMatchObject({ code: 'precondition_failed' });
    const changed = await read();
    expect(changed.headers).toEqual({ 'x-tenant': 'second' });
    await setTenant('third', tagOf(changed));
    expect((await read()).headers).toEqual({ 'x-tenant': 'third' });
  });

  it('also keeps a provider from being deleted, and is not in the audit', async () => {
    const seen = tagOf(await read());
    await setTenant('fourth', seen);
    const remove = (ifMatch: string) =>
      providers.change({ name: NAME, actor: { id: 'key_A', ifMatch }, work: () => null });
    await expect(remove(seen)).rejects.toMatchObject({ code: 'precondition_failed' });
    await remove(tagOf(await read()));
    const events = await audit.list({ subject: NAME }, undefined, 10);
    expect(events.map(({ action, actor }) => [action, actor])).toEqual([
      ['provider.deleted', 'key_A'],
      ['provider.updated', 'key_A'],
      ['provider.updated', 'key_A'],
      ['provider.updated', 'key_A'],
      ['provider.created', 'key_A'],
    ]);
    expect(events[0]?.before).toEqual({
      name: NAME,
      type: 'groq',
      base_url: null,
      headers: ['x-tenant'],
      query: {},
      enabled: true,
      serves_catalogue: false,
    });
  });
});
