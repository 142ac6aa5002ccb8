import { Client } from 'pg';
import { type RunningGateway, startGateway } from '../support/gateway';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;
const REPLICAS = 4;
/** Sorts of acts that lock different rows before they record their events. */
const ROUNDS = 9;

describeWithStores('the audit of four replicas (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  const replicas: RunningGateway[] = [];
  let next = 0;
  /** A request to the replicas in turn. */
  const act = (method: string, path: string, body?: unknown) =>
    (replicas[(next += 1) % REPLICAS] as RunningGateway).admin(method, path, body);

  beforeAll(async () => {
    const one = await startGateway();
    replicas.push(one);
    const { DATABASE_URL, REDIS_URL, SECRET_KEY } = one.env;
    const env = { DATABASE_URL, REDIS_URL, SECRET_KEY };
    while (replicas.length < REPLICAS) replicas.push(await startGateway({ fake: one.fake, env }));
  });
  afterAll(async () => {
    for (const replica of replicas.toReversed()) await replica.stop();
  });

  it('X11: is one chain of acts at once, which never wait for each other in a circle', async () => {
    const [one] = replicas as [RunningGateway];
    const teams = await Promise.all(Array.from({ length: ROUNDS }, () => one.createKey()));
    const before = (await one.admin('GET', '/admin/audit/verify')).body;
    const acts = teams.flatMap(({ teamId, keyId }, index) => [
      // Of each: one event, and two of the deletion, whose key is revoked with it.
      act('POST', '/admin/teams', { name: `made ${index}` }),
      act('PATCH', `/admin/teams/${teamId}`, { name: `renamed ${index}` }),
      act('PATCH', `/admin/keys/${keyId}`, { rpm_limit: 5 }),
      act('POST', `/admin/teams/${teamId}/credits/grants`, { amount_usd: '5' }),
      act('POST', '/admin/budgets', { team_id: teamId, limit_usd: '5', window: 'month' }),
      act('PUT', `/admin/models/m${index}/version`, { version: 'v1' }),
      act('POST', '/admin/cache/invalidate', { model: 'gpt-4.1' }),
      act('POST', '/admin/models', { name: `m${index}`, deployments: [{ provider: 'openai', model: 'gpt-4.1' }] }),
      act('DELETE', `/admin/teams/${teamId}?force=true`),
    ]);
    const answers = await Promise.all(acts);
    // Some come after the deletion of their team, or before their model is there.
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    const done = answers.filter(({ status }) => status < 300).length;
    expect(done).toBeGreaterThan(50);

    for (const replica of replicas) {
      const after = (await replica.admin('GET', `/admin/audit/verify?anchor=${before.head.anchor}`)).body;
      expect(after).toMatchObject({ ok: true, broken: null });
      // Each deletion has a second event, that of the key.
      expect(after.entries).toBeGreaterThanOrEqual(before.entries + done + ROUNDS);
      expect(replica.output).not.toMatch(/40P01|deadlock detected/);
    }
    const { data } = (await one.admin('GET', '/admin/audit?limit=1000')).body as { data: { seq: number }[] };
    const numbers = data.map(({ seq }) => seq).toSorted((a, b) => a - b);
    expect(numbers).toEqual(Array.from(numbers, (_, index) => index + 1));
  });

  it('has no entry that the database would let anybody change', async () => {
    const client = new Client({ connectionString: replicas[0]?.env.DATABASE_URL });
    await client.connect();
    const changed = client.query('UPDATE audit_events SET actor = actor').finally(() => client.end());
    await expect(changed).rejects.toThrow('audit_events is only added to: UPDATE is refused');
  });
});
