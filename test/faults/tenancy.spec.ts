import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { seeded } from '../support/seeded';
import { pick } from '../support/rewriting/made-request';

const { TEST_REDIS_URL } = process.env;
const SEED = Number(process.env.SEED ?? 1);
const TENANT_CALLS = Number(process.env.TENANT_CALLS ?? 2_500);
const TEAMS = 50;
const AT_ONCE = 64;
/** Few, so that all teams send all of them; many teams send the slow ones at once. */
const PROMPTS = Array.from({ length: 8 }, (_, at) => `${at % 2 === 0 ? '' : '[[delay=60 gap=2]] '}question ${at}`);

interface Team {
  id: string;
  key: string;
  /** How often a team of this name was deleted and created again. */
  life: number;
}

/** A response: the upstream calls that wrote it, and the team that got it. */
interface Told {
  team: string;
  requestId: string;
  cache: string;
  written: number[];
}

/** C1: teams that send equal requests get separate responses, in every way to call. */
describe(`${TEAMS} teams with equal prompts, ${TENANT_CALLS} calls (seed ${SEED})`, () => {
  let replicas: RunningGateway[] = [];
  const teams: Team[] = [];
  const random = seeded(SEED);

  beforeAll(async () => {
    const one = await startGateway();
    replicas = [one];
    const { DATABASE_URL, REDIS_URL, SECRET_KEY } = one.env;
    // With one Redis, both share stored responses and running flights.
    if (TEST_REDIS_URL)
      replicas.push(await startGateway({ fake: one.fake, env: { DATABASE_URL, REDIS_URL, SECRET_KEY } }));
    for (let at = 0; at < TEAMS; at += 1) teams.push(await made(`tenant ${at}`, 0));
  });
  afterAll(async () => {
    for (const replica of replicas.toReversed()) await replica.stop();
  });

  const first = () => replicas[0] as RunningGateway;

  async function made(name: string, life: number): Promise<Team> {
    const { body } = await first().admin('POST', '/admin/teams', { name });
    const { key } = await first().createKey({ teamId: body.id });
    for (const replica of replicas)
      await eventually(async () => (await replica.request('GET', '/v1/models', key)).status === 200 || undefined);
    return { id: body.id, key, life };
  }

  const told: Told[] = [];
  const wrong: string[] = [];
  const keysOf = new Map<string, Set<string>>();
  let missesOfOnlyIfCached = 0;

  const post = (team: Team, body: object, headers: Record<string, string> = {}) =>
    fetch(`${pick(replicas, random).url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${team.key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-4.1', ...body }),
    });

  /** The requests of the teams differ only in their keys. */
  const ask = async (): Promise<void> => {
    const team = pick(teams, random);
    const stream = random() < 0.4;
    const namespace = random() < 0.3 ? pick(['shared', teams[0]?.id ?? '', 'x'], random) : undefined;
    const stolen = pick([...keysOf.keys(), 'none'], random);
    const headers: Record<string, string> = {
      ...(random() < 0.1 && { 'x-cache-key': stolen }),
      ...(random() < 0.05 && { 'idempotency-key': `equal for all ${Math.floor(random() * 20)} ${stream}` }),
      ...(random() < 0.1 && { 'cache-control': 'only-if-cached' }),
      ...(random() < 0.02 && { 'cache-control': 'no-cache' }),
    };
    const body = {
      messages: [{ role: 'user', content: pick(PROMPTS, random) }],
      ...(stream && { stream: true }),
      ...(namespace !== undefined && { cache: { namespace } }),
      user: pick(['alice', teams[1]?.id ?? ''], random),
    };
    const response = await post(team, body, headers);
    const text = await response.text();
    if (response.status === 504 && headers['cache-control'] === 'only-if-cached')
      return void (missesOfOnlyIfCached += 1);
    // The same key with another body is refused, which is not tested here.
    if (response.status === 400 && headers['idempotency-key'] !== undefined) return;
    if (response.status !== 200) return void wrong.push(`${response.status} ${text}`);
    const key = response.headers.get('x-cache-key') ?? '';
    keysOf.set(key, (keysOf.get(key) ?? new Set()).add(team.id));
    told.push({
      team: team.id,
      requestId: response.headers.get('x-request-id') ?? '',
      cache: response.headers.get('x-cache-status') ?? '',
      written: [...new Set(Array.from(text.matchAll(/"x_fake":\{"call":(\d+)/g), ([, call]) => Number(call)))],
    });
  };

  /** A team that is created again under the same name is another team. */
  const remake = async (at: number): Promise<void> => {
    const team = teams[at] as Team;
    const gone = await first().admin('DELETE', `/admin/teams/${team.id}?force=true`);
    if (gone.status >= 300) return void wrong.push(`not deleted: ${gone.status}`);
    await eventually(
      async () => (await post(team, { messages: [{ role: 'user', content: 'x' }] })).status === 401 || undefined,
    );
    teams[at] = await made(`tenant ${at}`, team.life + 1);
    const { status } = await post(
      teams[at] as Team,
      { messages: [{ role: 'user', content: PROMPTS[0] }] },
      { 'cache-control': 'only-if-cached' },
    );
    if (status !== 504) wrong.push(`a team that was made again was answered with ${status} from its former life`);
  };

  it(
    'share no response',
    async () => {
      const half = Math.floor(TENANT_CALLS / 2);
      let left = TENANT_CALLS - half;
      const worker = async () => {
        for (; left > 0; left -= 1) await ask();
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      for (const at of [3, 4]) await remake(at);
      left = half;
      await Promise.all(Array.from({ length: AT_ONCE }, worker));

      // The upstream call belongs to the team whose request id was sent upstream and is in the response.
      const teamOf = new Map(told.map(({ requestId, team }) => [requestId, team]));
      const askedBy = new Map<number, string | undefined>();
      for (const { seq, requestId } of first().fake.calls)
        askedBy.set(seq, teamOf.get(requestId?.replace(/-\d+$/, '') ?? ''));
      const counts: Record<string, number> = {};
      const shared: unknown[] = [];
      for (const { team, cache, written } of told) {
        counts[cache] = (counts[cache] ?? 0) + 1;
        if (written.length !== 1) wrong.push(`one answer of ${written.length} calls`);
        const by = askedBy.get(written[0] ?? 0);
        if (by !== team) shared.push({ team, by, cache, written });
      }
      const commonKeys = [...keysOf].filter(([, owners]) => owners.size > 1);
      process.stderr.write(
        `${told.length} answers to ${TEAMS} teams by ${first().fake.calls.length} upstream calls, ${JSON.stringify(counts)}, ` +
          `${missesOfOnlyIfCached} times nothing cached\n`,
      );
      expect(wrong.slice(0, 5)).toEqual([]);
      expect(shared.slice(0, 5)).toEqual([]);
      expect(commonKeys).toEqual([]);
      for (const kind of ['HIT', 'MISS', 'COALESCED']) expect([kind, (counts[kind] ?? 0) > 20]).toEqual([kind, true]);
    },
    180_000 + TENANT_CALLS * 30,
  );

  it('get nothing through the cache keys of other teams', async () => {
    const [one, other] = teams as [Team, Team];
    const question = { messages: [{ role: 'user', content: 'a secret question' }] };
    const asked = await post(one, question);
    await asked.text();
    const stolen = asked.headers.get('x-cache-key') ?? '';
    const stored = { 'cache-control': 'only-if-cached' };
    expect((await post(one, question, stored)).status).toBe(200);
    const tries = [
      post(other, question, stored),
      post(other, question, { ...stored, 'x-cache-key': stolen }),
      post(other, { ...question, cache: { namespace: stolen } }, stored),
      post(other, { ...question, cache: { namespace: one.id } }, stored),
      post(other, { ...question, user: one.id, metadata: { team_id: one.id } }, stored),
    ];
    expect((await Promise.all(tries)).map(({ status }) => status)).toEqual([504, 504, 504, 504, 504]);
    expect((await post(other, { ...question, cache: { key: stolen } })).status).toBe(400);
    for (const [method, path, body] of [
      ['POST', '/admin/cache/invalidate', { key: stolen, dry_run: true }],
      ['GET', '/admin/cache/stats', undefined],
    ] as const)
      expect((await first().request(method, path, other.key, body)).status).toBe(403);
  });
});
