import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EventReader } from '../support/event-reader';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** Some polls of the gateway, one a second. */
const SOME_POLLS_MS = 3_000;
const MAX_STREAMS = 20;

/** The streams that pages of the console have open: what they show, and when they end. */
describe('a stream of events', () => {
  let gateway: RunningGateway;
  const open: EventReader[] = [];

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterEach(() => open.splice(0).forEach((reader) => reader.close()));
  afterAll(() => gateway.stop());

  const watch = async (headers: Record<string, string>, query = '') => {
    const reader = await EventReader.open(`${gateway.url}/admin/events${query}`, headers);
    open.push(reader);
    return reader;
  };
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const signIn = async (key: string) => {
    const { headers, body } = await gateway.request('POST', '/auth/session', undefined, { key });
    return { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '', id: body.id as string };
  };
  const batchOf = (key: string) => {
    const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Once' }] };
    return gateway.request('POST', '/v1/batches', key, { requests: [{ custom_id: 'a', body }] });
  };

  it('stays open for the administrator, with the key and with a session', async () => {
    const { cookie } = await signIn(gateway.adminKey);
    const readers = [
      await watch(bearer(gateway.adminKey), '?topics=requests'),
      await watch({ cookie }, '?topics=requests'),
    ];
    await delay(SOME_POLLS_MS);
    const { key } = await gateway.createKey();
    const { headers } = await gateway.chat(key, 'Seen by all administrators');
    const id = headers.get('x-request-id');
    for (const reader of readers) {
      await eventually(() => reader.named('request').some(({ request_id }) => request_id === id));
      expect([reader.ended, reader.named('end')]).toEqual([false, []]);
    }
  });

  it('shows a member the calls and batches of its own key alone, and no alerts', async () => {
    const { key, keyId, teamId } = await gateway.createKey();
    const colleague = await gateway.createKey({ teamId });
    const stranger = await gateway.createKey();
    const { cookie } = await signIn(key);
    expect((await watch({ cookie }, '?topics=alerts')).status).toBe(403);
    expect((await watch({ cookie }, `?topics=requests&team_id=${stranger.teamId}`)).status).toBe(404);
    expect((await watch({ cookie }, `?topics=requests&key_id=${colleague.keyId}`)).status).toBe(404);
    const [mine, all] = [
      await watch({ cookie }, '?topics=requests,batches'),
      await watch(bearer(gateway.adminKey), '?topics=requests,batches'),
    ];
    await delay(SOME_POLLS_MS);
    for (const other of [stranger, colleague]) {
      await gateway.chat(other.key, 'Not mine');
      expect((await batchOf(other.key)).status).toBe(200);
    }
    await gateway.chat(key, 'Mine');
    expect((await batchOf(key)).status).toBe(200);
    const keysIn = (reader: EventReader, name: string) => [...new Set(reader.named(name).map((each) => each.key_id))];
    for (const name of ['request', 'batch']) {
      await eventually(() => keysIn(all, name).length === 3 && keysIn(mine, name).length > 0);
      expect(keysIn(mine, name)).toEqual([keyId]);
    }
  });

  it('has what happens on another replica', async () => {
    // Embedded storage allows one process.
    if (!gateway.env.DATABASE_URL) return;
    const directory = mkdtempSync(join(tmpdir(), 'thriftgate-test-'));
    const twin = await gateway.twin(directory);
    try {
      const { key, keyId } = await gateway.createKey();
      const reader = await watch(bearer(gateway.adminKey), '?topics=requests,batches,alerts');
      await delay(SOME_POLLS_MS);
      const { headers } = await twin.chat(key, 'On the other one');
      const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'There, once' }] };
      await twin.request('POST', '/v1/batches', key, { requests: [{ custom_id: 'a', body }] });
      await twin.request('POST', '/auth/session', undefined, { key: gateway.adminKey });
      const id = headers.get('x-request-id');
      await eventually(() => reader.named('request').some(({ request_id }) => request_id === id));
      await eventually(() => reader.named('batch').some(({ key_id }) => key_id === keyId));
      await eventually(() => reader.named('alert').some(({ kind }) => kind === 'admin_key_sign_in'));
    } finally {
      await twin.terminate();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it.each(['sign-out', 'an administrator'] as const)('ends with its session: by %s', async (by) => {
    const { key } = await gateway.createKey({ role: 'team_admin' });
    const [ending, staying] = [await signIn(key), await signIn(key)];
    const [ended, other] = [await watch({ cookie: ending.cookie }), await watch({ cookie: staying.cookie })];
    const { status } =
      by === 'sign-out'
        ? await gateway.request('DELETE', '/auth/session', undefined, {}, { cookie: ending.cookie })
        : await gateway.admin('DELETE', `/admin/sessions/${ending.id}`);
    expect(status).toBeLessThan(300);
    await eventually(() => ended.ended);
    expect(ended.named('end')).toEqual([{ reason: 'signed_out' }]);
    await delay(SOME_POLLS_MS);
    expect(other.ended).toBe(false);
  });

  it('is one of 20 of its key at most, and one that is closed makes room', async () => {
    const { key } = await gateway.createKey({ role: 'team_admin' });
    const readers = await Promise.all(Array.from({ length: MAX_STREAMS }, () => watch(bearer(key))));
    expect(readers.map(({ status }) => status)).toEqual(readers.map(() => 200));
    const refused = await gateway.request('GET', '/admin/events', key);
    expect([refused.status, refused.body.error.code]).toEqual([429, 'rate_limit_exceeded']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const { key: another } = await gateway.createKey({ role: 'team_admin' });
    expect((await watch(bearer(another))).status).toBe(200);
    readers[0]?.close();
    await eventually(async () => (await watch(bearer(key))).status === 200);
  });

  it('ends when the gateway stops, and does not keep it from stopping', async () => {
    const reader = await watch(bearer(gateway.adminKey));
    expect(reader.status).toBe(200);
    expect(await gateway.terminate()).toBe(0);
    expect(reader.named('end')).toEqual([{ reason: 'stopping' }]);
    expect(reader.ended).toBe(true);
    // Its ledger is looked at.
    await gateway.start();
  });
});
