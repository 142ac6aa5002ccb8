import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

describeWithStores('Idempotency-Key on two replicas (needs TEST_DATABASE_URL and TEST_REDIS_URL)', () => {
  let one: RunningGateway;
  let other: RunningGateway;
  let key: string;

  beforeAll(async () => {
    one = await startGateway();
    const { DATABASE_URL, REDIS_URL, SECRET_KEY } = one.env;
    other = await startGateway({ fake: one.fake, env: { DATABASE_URL, REDIS_URL, SECRET_KEY } });
    ({ key } = await one.createKey());
    await eventually(async () => (await other.request('GET', '/v1/models', key)).status === 200 || undefined);
  });
  afterAll(async () => {
    await other?.stop();
    await one?.stop();
  });

  const ask = (replica: RunningGateway, name: string, content: string, members: object = {}) =>
    fetch(`${replica.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': name },
      body: JSON.stringify({
        model: 'gpt-4.1',
        use_cache: false,
        messages: [{ role: 'user', content }],
        ...members,
      }),
    }).then(async (response) => ({ status: response.status, headers: response.headers, text: await response.text() }));
  const upstreamCalls = (content: string) =>
    one.fake.calls.filter(({ body }) => JSON.stringify(body)?.includes(content)).length;

  it.each([false, true])('sends fifty callers of both replicas the bytes of one call (stream: %s)', async (stream) => {
    const content = `[[delay=400 words=20 gap=5]] both ${stream}`;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => ask(index % 2 ? one : other, `both-${stream}`, content, { stream })),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') !== 'true')).toHaveLength(1);
    expect(upstreamCalls(`both ${stream}`)).toBe(1);
  });

  it('refuses a changed body on the other replica', async () => {
    expect((await ask(one, 'changed', 'as it was')).status).toBe(200);
    const changed = await ask(other, 'changed', 'as it is now');
    expect([changed.status, JSON.parse(changed.text).error.code]).toEqual([400, 'idempotency_key_reused']);
    expect(upstreamCalls('as it is now')).toBe(0);
  });

  it('waits on the other replica for the end of a killed call, and does not repeat it', async () => {
    const content = '[[delay=60000]] killed on one';
    const first = ask(one, 'killed', content).catch(() => 'cut');
    await eventually(() => upstreamCalls('killed on one') > 0 || undefined);
    await one.kill();
    expect(await first).toBe('cut');
    const waiting = ask(other, 'killed', content);
    await one.start();
    const answer = await waiting;
    expect([answer.status, JSON.parse(answer.text).error.code]).toEqual([409, 'idempotency_result_unknown']);
    expect(upstreamCalls('killed on one')).toBe(1);
  });

  it('returns the response of a replica that has stopped', async () => {
    const answer = await ask(one, 'gone', 'answered before');
    await one.terminate();
    const again = await ask(other, 'gone', 'answered before');
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([answer.text, 'true']);
    await one.start();
  });
});
