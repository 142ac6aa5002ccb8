import { setTimeout as delay } from 'node:timers/promises';
import { BatchClient, lines } from '../support/batch-client';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const CONFIG = `
models:
  narrow:
    deployments:
      - { provider: openai, model: gpt-4.1, max_parallel: 4 }
  counted:
    deployments:
      - { provider: openai, model: gpt-4.1-mini }
`;

/** Lines wait for what live calls leave free. */
describe('lines beside live calls', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({ configFile: CONFIG });
  });
  afterAll(() => gateway?.stop());

  const ofModel = (model: string, prefix: string, count: number, marker = '') =>
    lines(count, prefix).map((each) => ({
      ...each,
      body: { model, messages: [{ role: 'user', content: `${each.body.messages[0]?.content} ${marker}` }] },
    }));
  /** The most calls of the vendor that ran at once, of those whose text has a word. */
  const mostAtOnce = (word: string) => {
    const calls = gateway.fake.calls.filter(({ text }) => text.includes(word));
    const moments = calls.flatMap(({ at, endedAt = Date.now() }) => [
      { at, by: 1 },
      { at: endedAt, by: -1 },
    ]);
    let running = 0;
    return moments
      .toSorted((one, other) => one.at - other.at || one.by - other.by)
      .reduce((most, { by }) => Math.max(most, (running += by)), 0);
  };

  it('live calls start at once and none is refused, with max_parallel 4 and lines in plenty', async () => {
    const batches = new BatchClient(gateway, (await gateway.createKey()).key);
    const { id } = await batches.create({ requests: ofModel('narrow', 'plenty', 40, '[[delay=400]]') });
    await eventually(async () => mostAtOnce('plenty: ') > 0 || undefined);
    const answers = [];
    for (let round = 0; round < 3; round += 1) {
      const before = gateway.fake.calls.filter(({ text }) => text.includes('live one')).length;
      const running = [0, 1, 2, 3].map((n) =>
        gateway.chat(batches.key, `live one ${round} ${n} [[delay=2000]]`, { model: 'narrow' }),
      );
      answers.push(...(await Promise.all(running)));
      // They are at the vendor together: none waits for another one or for a line.
      const calls = gateway.fake.calls.filter(({ text }) => text.includes('live one')).slice(before);
      const [firstEnd, lastStart] = [
        Math.min(...calls.map((each) => each.endedAt ?? 0)),
        Math.max(...calls.map(({ at }) => at)),
      ];
      expect([calls.length, lastStart <= firstEnd]).toEqual([4, true]);
      await delay(50);
    }
    expect(answers.map(({ status, headers }) => [status, headers.get('x-gateway-attempts')])).toEqual(
      answers.map(() => [200, '1']),
    );
    const batch = await batches.ended(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: 40, failed: 0 } });
    expect(mostAtOnce('plenty: ')).toBeLessThanOrEqual(4);
  });

  it('lines stay within what the headers of the vendor leave, and wait', async () => {
    const limits = (remaining: number) => ({
      headers: {
        'x-ratelimit-limit-requests': '100',
        'x-ratelimit-remaining-requests': String(remaining),
        'x-ratelimit-reset-requests': '20m0s',
      },
    });
    gateway.fake.script(limits(0), { prompt: 'used up' });
    gateway.fake.script(limits(100), { prompt: 'room again' });
    const batches = new BatchClient(gateway, (await gateway.createKey()).key);
    const model = { model: 'gpt-4.1-nano' };
    await gateway.chat(batches.key, 'used up', model);
    const { id } = await batches.create({ requests: ofModel('gpt-4.1-nano', 'limited', 5) });
    await delay(1_000);
    expect(gateway.fake.calls.filter(({ text }) => text.includes('limited: '))).toEqual([]);
    expect((await gateway.chat(batches.key, 'a live call goes on', model)).status).toBe(200);
    await gateway.chat(batches.key, 'room again', model);
    expect(await batches.ended(id)).toMatchObject({ status: 'completed', request_counts: { completed: 5 } });
  });

  it('a 429 of the vendor for a line pauses lines, and no live call', async () => {
    gateway.fake.script({ status: 429, retryAfterSeconds: 3 }, { prompt: 'paused: ', times: 1 });
    const batches = new BatchClient(gateway, (await gateway.createKey()).key);
    const { id } = await batches.create({ requests: ofModel('gpt-4o-mini', 'paused', 2) });
    await eventually(async () => gateway.fake.calls.some(({ text }) => text.includes('paused: ')) || undefined);
    const live = await gateway.chat(batches.key, 'beside the pause', { model: 'gpt-4o-mini' });
    expect([live.status, live.headers.get('x-gateway-attempts')]).toEqual([200, '1']);
    expect(await batches.ended(id)).toMatchObject({ status: 'completed', request_counts: { completed: 2 } });
  });

  it('lines count as requests of their key where it says so: they leave room for calls, and wait', async () => {
    const { key, keyId } = await gateway.createKey({ rpm_limit: 8, batch_lines_count: true });
    const batches = new BatchClient(gateway, key);
    expect((await gateway.admin('GET', `/admin/keys/${keyId}`)).body.batch_lines_count).toBe(true);
    // The POST counts too.
    const { id } = await batches.create({ requests: ofModel('counted', 'counted', 20) });
    const ran = () => gateway.fake.calls.filter(({ text }) => text.includes('counted: ')).length;
    await eventually(async () => ran() === 5 || undefined);
    await delay(1_500);
    expect(ran()).toBe(5);
    expect((await gateway.chat(key, 'a call of the same key', { model: 'counted' })).status).toBe(200);
    const { body } = await gateway.request('GET', `/v1/batches/${id}`, key);
    expect(body).toMatchObject({ status: 'in_progress', request_counts: { failed: 0 } });
    await gateway.admin('PATCH', `/admin/keys/${keyId}`, { batch_lines_count: false });
    expect(await batches.ended(id)).toMatchObject({
      status: 'completed',
      request_counts: { completed: 20, failed: 0 },
    });
  });
});
