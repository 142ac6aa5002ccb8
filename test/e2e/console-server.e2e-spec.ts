import { ThriftgateClient } from '@thriftgate/sdk';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** What the console asks of the server: single calls, the playground, batches of all teams, events, health, dry runs. */
describe('the console’s server', () => {
  let gateway: RunningGateway;
  let admin: ThriftgateClient['admin'];
  let team: { key: string; keyId: string; teamId: string };
  let other: { key: string; keyId: string; teamId: string };

  beforeAll(async () => {
    gateway = await startGateway();
    admin = clientOf(gateway.adminKey).admin;
    [team, other] = [await gateway.createKey({ role: 'team_admin' }), await gateway.createKey({ role: 'team_admin' })];
  });
  afterAll(() => gateway.stop());

  const clientOf = (apiKey: string) => new ThriftgateClient({ baseUrl: gateway.url, apiKey });
  const ask = (content: string) => ({ model: 'gpt-4.1', messages: [{ role: 'user' as const, content }] });

  describe('a single call', () => {
    it('is shown with its attempts, its order of events and why it is not stored', async () => {
      const { headers } = await gateway.chat(team.key, 'Retry me [[fail-first=1 status=500]]', {});
      const id = headers.get('x-request-id') ?? '';
      const call = await admin.requests.retrieve(id);
      expect(call).toMatchObject({ request_id: id, team_id: team.teamId, key_id: team.keyId, state: 'settled' });
      expect(call.attempts.map(({ state }) => state)).toEqual(['failed', 'settled']);
      expect(call.caching).toMatchObject({ code: 'stored', text: { ko: expect.stringMatching(/저장/) } });
      const steps = call.timeline.map(({ step, attempt }) => `${step} ${attempt ?? ''}`.trim());
      expect(steps).toEqual(['received', 'cache', 'attempt 1', 'settled 1', 'attempt 2', 'settled 2']);
      const times = call.timeline.flatMap(({ after_ms }) => after_ms ?? []);
      expect(times).toEqual(times.toSorted((a, b) => a - b));

      const hit = await gateway.chat(team.key, 'Retry me [[fail-first=1 status=500]]', {});
      const again = await admin.requests.retrieve(hit.headers.get('x-request-id') ?? '');
      expect(again).toMatchObject({ cache_status: 'HIT', caching: { code: 'hit' }, saved_by: 'cache' });
      const bypass = await gateway.chat(team.key, 'Never stored', {}, { 'cache-control': 'no-store' });
      const third = await admin.requests.retrieve(bypass.headers.get('x-request-id') ?? '');
      expect(third.caching.code).toBe('bypass');
    });

    it('is not there for another team', async () => {
      const { headers } = await gateway.chat(team.key, 'Whose call is it?', {});
      const id = headers.get('x-request-id') ?? '';
      await expect(clientOf(other.key).admin.requests.retrieve(id)).rejects.toMatchObject({ status: 404 });
      expect((await clientOf(team.key).admin.requests.retrieve(id)).request_id).toBe(id);
    });

    it('is found by the beginning of its id, by latency and by what saved it, with names', async () => {
      const { headers } = await gateway.chat(team.key, 'Find me', {});
      const id = headers.get('x-request-id') ?? '';
      const { data } = await admin.requests.list({ request_id: `${id.slice(0, 20)}*`, team_id: team.teamId });
      expect(data).toMatchObject([{ request_id: id, team_name: expect.any(String), key_name: expect.any(String) }]);
      expect((await admin.requests.list({ min_latency_ms: 3_600_000 })).data).toEqual([]);
      const saved = await admin.requests.list({ team_id: team.teamId, saved_by: 'cache' });
      expect(saved.data.map(({ cache_status }) => cache_status)).toEqual(['HIT']);
      await expect(admin.requests.list({ request_id: '*' })).rejects.toMatchObject({
        status: 400,
        param: 'request_id',
      });
    });

    it('is in a table of all rows, where no cell is a formula', async () => {
      await gateway.chat(team.key, 'For the table', {}, { 'x-gateway-tags': '=1+1' });
      let table = '';
      for await (const piece of admin.requests.csv({ team_id: team.teamId })) table += Buffer.from(piece).toString();
      const lines = table.trimEnd().split('\r\n');
      expect(table.startsWith('\ufeffcreated_at,request_id,attempt,')).toBe(true);
      const { data } = await admin.requests.list({ team_id: team.teamId, limit: 1000 });
      expect(lines).toHaveLength(data.length + 1);
      expect(table).toContain(",'=1+1,");
    });
  });

  describe('the playground', () => {
    it('is paid for by a key whose text is not kept, and keeps /v1 closed to sessions', async () => {
      const client = clientOf(team.key).admin;
      const { answer, facts } = await client.playground.chat(ask('What is a playground?'));
      expect(answer).toMatchObject({ object: 'chat.completion' });
      expect(facts.cacheStatus).toBe('MISS');
      expect((await client.playground.chat(ask('What is a playground?'))).facts.cacheStatus).toBe('HIT');
      const key = (await admin.keys.list(team.teamId)).data.find(({ managed }) => managed);
      expect(key).toMatchObject({ name: 'console playground', role: 'member' });
      const { data } = await admin.requests.list({ key_id: key?.id ?? '', tag: 'playground' });
      expect(data).toHaveLength(2);
      await expect(admin.keys.rotate(key?.id ?? '')).rejects.toMatchObject({ status: 409 });
      expect((await client.playground.models()).data.map(({ id }) => id)).toContain('gpt-4.1');
    });

    it('has the limits of its key, and needs a team', async () => {
      await expect(admin.playground.chat(ask('Who pays?'))).rejects.toMatchObject({ status: 400, param: 'team_id' });
      const teamId = other.teamId;
      await admin.playground.chat(ask('First'), { team_id: teamId });
      const key = (await admin.keys.list(teamId)).data.find(({ managed }) => managed);
      await admin.keys.update(key?.id ?? '', { rpm_limit: 1 });
      const calls = [1, 2, 3].map((n) => admin.playground.chat(ask(`Call ${n}`), { team_id: teamId }));
      const statuses = (await Promise.allSettled(calls)).map(({ status }) => status);
      expect(statuses).toContain('rejected');
      await admin.keys.update(key?.id ?? '', { rpm_limit: null, models: ['gpt-4.1-mini'] });
      await expect(admin.playground.chat(ask('Allowed?'), { team_id: teamId })).rejects.toMatchObject({ status: 403 });
    });

    it('is closed to auditors and to keys of members without a session', async () => {
      const auditor = await gateway.createKey({ role: 'auditor' });
      await expect(
        clientOf(auditor.key).admin.playground.chat(ask('May I?'), { team_id: team.teamId }),
      ).rejects.toMatchObject({ status: 403 });
      const member = await gateway.createKey();
      await expect(clientOf(member.key).admin.playground.chat(ask('May I?'))).rejects.toMatchObject({ status: 403 });
    });
  });

  describe('batches of all teams', () => {
    it('are uploaded, quoted, started, watched and downloaded, each within its team', async () => {
      const client = clientOf(team.key).admin.batches;
      const lines = ['One?', 'Two?', 'Refuse [[status=400]]'].map((content, index) =>
        JSON.stringify({ custom_id: `line-${index}`, method: 'POST', url: '/v1/chat/completions', body: ask(content) }),
      );
      const upload = { file: lines.join('\n'), filename: 'lines.jsonl', purpose: 'batch' as const };
      const file = await client.upload(team.teamId, upload);
      const batch = { team_id: team.teamId, input_file_id: file.id };
      expect(await client.quote(batch)).toMatchObject({ lines: 3 });
      const { id } = await client.create(batch);
      const details = await eventually(async () => {
        const found = await client.retrieve(id);
        return found.status === 'completed' ? found : undefined;
      }, 60_000);
      expect(details).toMatchObject({
        team_id: team.teamId,
        key_name: 'console playground',
        lines: { done: 2, failed: 1 },
      });
      expect(details.errors_by_code).toMatchObject([{ lines: 1, samples: [{ line: 3, custom_id: 'line-2' }] }]);
      expect(await client.content(id, 'input')).toBe(lines.join('\n'));
      expect((await client.content(id, 'results')).trimEnd().split('\n')).toHaveLength(3);
      expect((await client.content(id, 'output')).trimEnd().split('\n')).toHaveLength(2);
      expect((await admin.batches.list({ team_id: team.teamId, status: 'completed' })).data).toMatchObject([{ id }]);

      const stranger = clientOf(other.key).admin.batches;
      for (const work of [() => stranger.retrieve(id), () => stranger.content(id, 'output'), () => stranger.retry(id)])
        await expect(work()).rejects.toMatchObject({ status: 404 });
      await expect(stranger.create(batch)).rejects.toMatchObject({ status: 404 });
      const again = await client.retry(id);
      expect(again.request_counts.total).toBe(1);
      await expect(client.cancel(id)).rejects.toMatchObject({ status: 409 });
      const { body } = await gateway.admin('GET', `/admin/audit?limit=100`);
      const actions = body.data.map(({ action }: { action: string }) => action);
      expect(actions).toEqual(
        expect.arrayContaining(['file.uploaded', 'batch.quoted', 'batch.created', 'batch.retried']),
      );
    });
  });

  describe('events', () => {
    it('tell of calls within the team and the filter, and go on where they broke off', async () => {
      const abort = new AbortController();
      const stream = clientOf(team.key).admin.events.watch(
        { topics: ['requests'], tag: 'watched' },
        { signal: abort.signal },
      );
      const next = stream.next();
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await gateway.chat(other.key, 'Not yours', {}, { 'x-gateway-tags': 'watched' });
      await gateway.chat(team.key, 'Not tagged', {});
      const { headers } = await gateway.chat(team.key, 'Watched', {}, { 'x-gateway-tags': 'watched' });
      const { value } = await next;
      expect(value).toMatchObject({ event: 'request', data: { request_id: headers.get('x-request-id') } });
      abort.abort();
      const missed = await gateway.chat(team.key, 'Missed', {}, { 'x-gateway-tags': 'watched' });
      const lastEventId = (value as { id?: string }).id ?? '';
      const ids = new Set<string>();
      for await (const event of clientOf(team.key).admin.events.watch(
        { topics: ['requests'], tag: 'watched' },
        { lastEventId },
      )) {
        if (event.event === 'request') ids.add(event.data.request_id);
        if (ids.has(missed.headers.get('x-request-id') ?? '')) break;
      }
    });

    it('end with their key', async () => {
      const { key, keyId } = await gateway.createKey({ role: 'team_admin' });
      const stream = clientOf(key).admin.events.watch();
      const end = stream.next();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await gateway.admin('DELETE', `/admin/keys/${keyId}`);
      expect((await end).value).toMatchObject({ event: 'end', data: { reason: 'signed_out' } });
      expect((await stream.next()).done).toBe(true);
    });
  });

  it('a dry run says what would be lost, and to a team nothing of others', async () => {
    await gateway.chat(team.key, 'Lost?', {});
    await gateway.chat(team.key, 'Lost?', {});
    const { dry_run: all, invalidated_keys: keys } = await admin.cache.invalidate({ model: 'gpt-4.1', dry_run: true });
    expect(all).toMatchObject({ models: [{ model: 'gpt-4.1', answers: keys }], last_audit_id: null });
    expect(all?.teams.map(({ id }) => id)).toEqual(expect.arrayContaining([team.teamId, other.teamId]));
    expect(Number(all?.refill_cost_usd)).toBeGreaterThan(0);
    const own = await clientOf(team.key).admin.cache.invalidate({ team_id: team.teamId, dry_run: true });
    expect(own.dry_run?.teams.map(({ id }) => id)).toEqual([team.teamId]);
    await admin.models.setVersion('gpt-4.1', '2026-12-01');
    const { generations } = await admin.cache.stats();
    expect(generations).toMatchObject([{ model: 'gpt-4.1', generation: 2, reason: 'declared', ended_at: null }]);
  });

  it('deployments and providers have their attempts, failures and latencies', async () => {
    const test = await admin.models.test('gpt-4.1');
    expect(test).toMatchObject({ ok: true, deployments: [{ deployment: 'openai/gpt-4.1', ok: true, status: 200 }] });
    await gateway.chat(team.key, 'Fail [[fail-first=1 status=503]]', {});
    const states = await admin.models.deployments();
    const state = states.data.find(({ deployment }) => deployment === 'openai/gpt-4.1');
    expect(state?.health.last_5m.requests).toBeGreaterThan(state?.health.last_5m.failures ?? 0);
    expect(state?.health.last_error).toMatchObject({ status: 503, request_id: expect.stringMatching(/^0/) });
    expect(state?.health.hours).toHaveLength(24);
    expect(state?.price).toMatchObject({ estimated: false });
    const { data } = await admin.providers.list();
    const provider = data.find(({ name }) => name === 'openai');
    expect(Number(provider?.health.spend_today_usd)).toBeGreaterThan(0);
    expect(provider?.health).toMatchObject({ keys_set_aside: 0, last_error: { status: 503 } });
  });
});
