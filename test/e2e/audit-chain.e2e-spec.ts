import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { type ChainedEntry, hashOf, NO_HASH } from '../../src/audit/chained-entry';
import { type RunningGateway, startGateway } from '../support/gateway';
import { runSql } from '../support/run-sql';

const PROGRAM = resolve(__dirname, '../../dist/src/cli/audit-verify.js');

/** An auditor checks that nobody has changed the audit. */
describe('the chain of the audit', () => {
  let gateway: RunningGateway;
  /** Signed, of the chain before anybody changed it. */
  let anchor: string;

  beforeAll(async () => {
    gateway = await startGateway();
    for (const name of ['one', 'two', 'three']) await gateway.admin('POST', '/admin/teams', { name });
  });
  afterAll(async () => {
    await gateway.terminate();
    await gateway.stop();
  });

  const verify = async (query = '', key = gateway.adminKey) =>
    gateway.request('GET', `/admin/audit/verify${query}`, key);
  const verifyOffline = (...anchors: string[]) => {
    const env = { ...process.env, ...gateway.env, DATA_DIR: gateway.dataDirectory };
    const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...anchors], { env, encoding: 'utf8' });
    return { status, text: stdout + stderr };
  };

  it('is whole, and has every event with its number', async () => {
    const { status, body } = await verify();
    const { data } = (await gateway.admin('GET', '/admin/audit?limit=1000')).body;
    const [newest] = data;
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ok: true,
      entries: data.length,
      earlier_events: 0,
      first_at: data.at(-1).created_at,
      last_at: newest.created_at,
      head: { seq: newest.seq, hash: newest.hash },
      broken: null,
    });
    expect(data.at(-1)).toMatchObject({ seq: 1, action: 'audit.chain_started', actor: 'gateway', team_id: null });
    anchor = body.head.anchor;
  });

  it('can be computed from the events of the API', async () => {
    const { data } = (await gateway.admin('GET', '/admin/audit?limit=1000')).body;
    const hashes = data.map((event: ChainedEntry, index: number) =>
      hashOf({ ...event, prev_hash: data[index + 1]?.hash ?? NO_HASH }),
    );
    expect(hashes).toEqual(data.map(({ hash }: { hash: string }) => hash));
  });

  it('has the entries of an anchor, signed or not, and no others', async () => {
    const [seq, hash, hmac] = anchor.split(':');
    for (const given of [anchor, `${seq}:${hash}`])
      expect((await verify(`?anchor=${given}`)).body).toMatchObject({ ok: true, broken: null });
    const other = (await verify(`?anchor=2:${hash}`)).body;
    expect(other).toMatchObject({ ok: false, broken: { seq: 2, problem: 'anchor' } });
    for (const wrong of [`2:${hash}:${hmac}`, `${seq}`, `0:${hash}`, `${seq}:${hash}:`, 'x'])
      expect(await verify(`?anchor=${wrong}`)).toMatchObject({ status: 400, body: { error: { param: 'anchor' } } });
    expect((await verify('?max_age_seconds=-1')).status).toBe(400);
  });

  it('is verified by auditors, not by those who see the events of their team alone', async () => {
    const auditor = await gateway.createKey({ role: 'auditor' });
    const teamAdmin = await gateway.createKey({ role: 'team_admin' });
    expect((await verify('', auditor.key)).body).toMatchObject({ ok: true });
    expect((await verify('', teamAdmin.key)).status).toBe(403);
  });

  it('is verified without a gateway, too', async () => {
    await gateway.terminate();
    const { status, text } = verifyOffline(anchor);
    expect(text).toMatch(/^ok {3}\d+ entries from 20\S+Z to 20\S+Z, and 0 events from before the chain\nok {3}\d+:/);
    expect(status).toBe(0);
    const forged = `${anchor.slice(0, -1)}${anchor.endsWith('0') ? '1' : '0'}`;
    const mixed = verifyOffline(forged, anchor);
    expect(mixed.status).toBe(1);
    expect(mixed.text).toContain(`\nFAIL ${forged}\n       The HMAC of the anchor is not of this SECRET_KEY`);
    expect(mixed.text).toContain(`\nok   ${anchor}\n`);
    expect(verifyOffline('word')).toMatchObject({
      status: 1,
      text: 'word: must be <seq>:<hash> or <seq>:<hash>:<hmac>\n',
    });
  });

  it('X11: shows what somebody has changed in the database', async () => {
    await expect(runSql(gateway, `DELETE FROM audit_events`)).rejects.toThrow();
    const statements = [
      'ALTER TABLE audit_events DISABLE TRIGGER USER',
      `UPDATE audit_events SET after = '{"name": "two"}' WHERE seq = 3`,
      'ALTER TABLE audit_events ENABLE TRIGGER USER',
    ];
    await runSql(gateway, statements.join(';'));
    expect(verifyOffline()).toMatchObject({ status: 1, text: expect.stringContaining('broken at entry 3: changed') });
    await gateway.start();
    const broken = { ok: false, entries: 2, broken: { seq: 3, problem: 'changed' } };
    expect((await verify()).body).toMatchObject(broken);
    // Events are added all the same.
    expect((await gateway.admin('POST', '/admin/teams', { name: 'four' })).status).toBe(201);
    expect((await verify()).body).toMatchObject(broken);
  });
});
