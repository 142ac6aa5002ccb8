import type { ProviderSettings } from '../config/provider-settings';
import { type ProviderInForce, providersInForce } from './providers-in-force';
import { registeredProvider } from './registered-provider';
import { hintOf, type StoredKey, type StoredProvider } from './stored-provider';
import { aProvider } from './testing/a-provider';

const NOW = new Date('2026-11-23T09:00:00Z');
const OPENAI: ProviderSettings = {
  type: 'openai',
  source: 'environment',
  baseUrl: 'https://api.openai.com/v1',
  apiKey: 'sk-of-the-environment',
  catalogueVendor: 'openai',
};
const SIMULATOR: ProviderSettings = { ...OPENAI, type: 'simulator', apiKey: undefined, catalogueVendor: '*' };

const stored = (name: string, members: Partial<StoredProvider> = {}): StoredProvider => ({
  name,
  type: 'groq',
  baseUrl: null,
  headers: {},
  query: {},
  enabled: true,
  servesCatalogue: false,
  createdAt: NOW,
  updatedAt: NOW,
  ...members,
});
const key = (id: string, provider: string, members: Partial<StoredKey> = {}): StoredKey => ({
  id,
  provider,
  teamId: null,
  name: null,
  secret: `secret of ${id}`,
  hint: null,
  fallback: false,
  createdAt: NOW,
  ...members,
});
const register = (settings: ProviderInForce | undefined) => {
  if (!settings) throw new Error('there is no such provider');
  return registeredProvider(settings, aProvider().transport);
};
const keysOf = (lanes: readonly { apiKey: string | undefined }[] | undefined) => lanes?.map(({ apiKey }) => apiKey);

describe('the providers in force', () => {
  it('are the operator’s, and those of administrators under other names', () => {
    const own = { openai: OPENAI };
    const providers = [stored('openai', { baseUrl: 'https://elsewhere.example' }), stored('groq-eu')];
    const inForce = providersInForce(own, { providers, keys: [] }, false);
    expect(inForce.map(({ name, source, baseUrl }) => [name, source, baseUrl])).toEqual([
      ['openai', 'environment', 'https://api.openai.com/v1'],
      ['groq-eu', 'admin', 'https://api.groq.com/openai/v1'],
    ]);
  });

  it('have the query in the base URL, and the catalogue of their vendor where they serve it', () => {
    const provider = stored('azure', { type: 'azure', baseUrl: 'https://r.example/', query: { 'api-version': '1' } });
    const [azure] = providersInForce(
      {},
      { providers: [provider, stored('groq', { servesCatalogue: true })], keys: [] },
      false,
    );
    expect([azure?.baseUrl, azure?.catalogueVendor]).toEqual(['https://r.example?api-version=1', undefined]);
  });

  it('have no simulator that is there for want of them', () => {
    const names = (automatic: boolean, providers: StoredProvider[]) =>
      providersInForce({ simulator: SIMULATOR }, { providers, keys: [] }, automatic).map(({ name }) => name);
    expect(names(true, [])).toEqual(['simulator']);
    expect(names(true, [stored('groq', { enabled: false })])).toEqual(['groq']);
    expect(names(false, [stored('groq')])).toEqual(['simulator', 'groq']);
  });
});

describe('a registered provider', () => {
  const inForce = (keys: StoredKey[], members: Partial<StoredProvider> = {}) =>
    register(providersInForce({}, { providers: [stored('p', members)], keys }, false)[0]);

  it('has each key of the gateway, and those of a team for that team', () => {
    const { ofGateway, ofTeams, base } = inForce([
      key('a', 'p'),
      key('b', 'p'),
      key('c', 'p', { teamId: 'team_1' }),
      key('d', 'p', { teamId: 'team_2', fallback: true }),
      key('x', 'another'),
    ]);
    expect(keysOf(ofGateway)).toEqual(['secret of a', 'secret of b']);
    expect(keysOf(ofTeams.get('team_1'))).toEqual(['secret of c']);
    expect(keysOf(ofTeams.get('team_2'))).toEqual(['secret of d', 'secret of a', 'secret of b']);
    expect([base.apiKey, base.credential.id]).toEqual(['secret of a', 'a']);
  });

  it('of the operator keeps its own key, and takes keys of teams alone', () => {
    const keys = [key('a', 'openai'), key('b', 'openai', { teamId: 'team_1' })];
    const { ofGateway, ofTeams } = register(providersInForce({ openai: OPENAI }, { providers: [], keys }, false)[0]);
    expect(keysOf(ofGateway)).toEqual(['sk-of-the-environment']);
    expect(keysOf(ofTeams.get('team_1'))).toEqual(['secret of b']);
  });

  it('gets no calls without a key, unless its server needs none or its headers have one', () => {
    expect(inForce([]).ofGateway).toEqual([]);
    expect(inForce([], { type: 'vllm' }).ofGateway).toHaveLength(1);
    expect(inForce([], { headers: { authorization: 'Bearer x' } }).ofGateway).toHaveLength(1);
  });

  it('does not use a key that cannot be decrypted', () =>
    expect(inForce([key('a', 'p', { secret: undefined })]).ofGateway).toEqual([]));

  it('replaces all its keys in errors', () => {
    const { base } = inForce([key('a', 'p'), key('b', 'p', { teamId: 'team_1' })]);
    const body = JSON.stringify({ error: { message: 'No: secret of a, secret of b', type: 'x', code: null } });
    const error = base.api.translators['chat.completions']?.toError({ status: 400, headers: {}, body });
    expect(error?.message).toContain('***');
    expect(error?.message).not.toContain('secret of');
  });
});

it('a hint shows the end of long keys alone', () => {
  expect([hintOf('gsk_4f1c0a9e8d7b6a5c'), hintOf('short-key')]).toEqual(['…6a5c', null]);
});
