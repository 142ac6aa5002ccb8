import type { ProviderError } from '@thriftgate/providers';
import { aDeployment, aModel } from '../models/testing/a-model';
import { OWN_CREDENTIAL } from '../providers/provider';
import { aCredential, aProvider } from '../providers/testing/a-provider';
import { AttemptFailure } from './attempt-failure';
import type { MakeAttempt, RouteRequest } from './route-request';
import { localRouter } from './testing/local-router';

type End = 'answer' | Partial<ProviderError>;

const BASE: ProviderError = {
  status: 502,
  type: 'upstream_error',
  code: 'upstream_error',
  param: null,
  message: 'It failed.',
  retryable: true,
  elsewhere: true,
  retryAfterMs: undefined,
};
const REFUSED: End = { status: 401, code: 'upstream_auth', retryable: false };
const EXHAUSTED: End = { status: 429, code: 'upstream_billing', retryable: false };
const LIMITED: End = { status: 429, retryAfterMs: 60_000 };
const FORBIDDEN: End = { status: 403, code: 'upstream_auth', retryable: false };
const OVERLOADED: End = { status: 503 };

const ONE = aCredential('key_1');
const TWO = aCredential('key_2');
const TEAMS = aCredential('key_team', 'team_1');

/** A router over two deployments of two providers; the first has several keys, and attempts end by their key. */
function setUp(keys = [ONE, TWO], affinity?: string) {
  const parts = localRouter();
  const asked: string[] = [];
  const ends = new Map<string, End>();
  const deployments = [
    aDeployment({ id: 'first/m', provider: 'first', priority: 1 }),
    aDeployment({ id: 'second/m', provider: 'second', priority: 2 }),
  ];
  const providers = { first: keys.map((credential) => aProvider({ credential })), second: [aProvider()] };
  const withCredentials: RouteRequest['withCredentials'] = ({ provider }) => providers[provider as 'first' | 'second'];
  const make: MakeAttempt<string> = async ({ id }, _number, release, { credential }) => {
    const place = credential.id ?? id;
    asked.push(place);
    release();
    const end = ends.get(place) ?? 'answer';
    if (end !== 'answer') throw new AttemptFailure({ ...BASE, ...end }, end.status);
    return Promise.resolve(place);
  };
  const request = (of: string | undefined): RouteRequest => ({
    model: aModel({ name: 'resilient', deployments }),
    signal: new AbortController().signal,
    stream: false,
    affinity: of,
    isLine: false,
    isFlex: false,
    requestId: 'request',
    attemptsBefore: 0,
    pricePusd: () => 0n,
    withCredentials,
  });
  const call = (of = affinity) =>
    parts.router
      .route(request(of), make)
      .catch(({ status, code }: { status: number; code: string }) => `${status} ${code}`);
  return { ...parts, asked, ends, call, providers };
}

describe('the router and the keys of a provider', () => {
  beforeEach(() => void jest.spyOn(performance, 'now').mockReturnValue(1_000_000));
  afterEach(() => jest.restoreAllMocks());

  it('shares the calls among the keys', async () => {
    const { asked, call } = setUp();
    for (let time = 0; time < 200; time += 1) await call();
    for (const key of ['key_1', 'key_2']) expect(asked.filter((each) => each === key).length).toBeGreaterThan(60);
  });

  it('keeps a conversation with one key, for its prompt cache', async () => {
    const { asked, call } = setUp();
    for (let time = 0; time < 20; time += 1) await call('one conversation');
    expect(new Set(asked).size).toBe(1);
  });

  it.each([
    ['refused', REFUSED],
    ['exhausted', EXHAUSTED],
    ['forbidden', FORBIDDEN],
    ['limited', LIMITED],
  ])('goes on with the other key where one is %s, and sets it aside', async (_, end) => {
    const { asked, ends, call } = setUp();
    ends.set('key_1', end);
    for (let time = 0; time < 50; time += 1) expect(await call()).toBe('key_2');
    expect(asked.filter((each) => each === 'key_1').length).toBe(1);
  });

  it('goes to the next deployment where the server fails: another key would not help', async () => {
    const { asked, ends, call } = setUp();
    for (const key of ['key_1', 'key_2']) ends.set(key, OVERLOADED);
    expect(await call()).toBe('second/m');
    expect(new Set(asked).size).toBe(2);
  });

  it('goes to the next deployment where every key is refused', async () => {
    const { ends, call } = setUp();
    for (const key of ['key_1', 'key_2']) ends.set(key, REFUSED);
    expect(await call()).toBe('second/m');
  });

  it('uses a team’s own key first, and the gateway’s where that is allowed and it fails', async () => {
    const { asked, ends, call } = setUp([ONE, TEAMS]);
    for (let time = 0; time < 10; time += 1) expect(await call()).toBe('key_team');
    ends.set('key_team', LIMITED);
    expect([await call(), await call()]).toEqual(['key_1', 'key_1']);
    expect(asked.slice(-3)).toEqual(['key_team', 'key_1', 'key_1']);
  });

  it('a pause of a team’s own key is no pause for others', async () => {
    const { ends, call, providers } = setUp([TEAMS]);
    ends.set('key_team', LIMITED);
    expect(await call()).toBe('second/m');
    providers.first = [aProvider({ credential: OWN_CREDENTIAL })];
    expect(await call()).toBe('first/m');
  });

  it('a deployment without a key for the call is passed over; without any, it is a 403', async () => {
    const { call, providers } = setUp([]);
    expect(await call()).toBe('second/m');
    providers.second = [];
    expect(await call()).toBe('403 model_not_allowed');
  });
});
