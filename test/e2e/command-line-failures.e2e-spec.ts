import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLine, spoilingProxy } from '../support/command-line';
import { freePort } from '../support/free-port';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

/** Networks fail, gateways are away, and people press Ctrl-C. */
describe('the command line when something fails', () => {
  let gateway: RunningGateway;
  let folder: string;
  let key: string;
  let thriftgate: CommandLine;

  beforeAll(async () => {
    gateway = await sharedGateway();
    folder = mkdtempSync(join(tmpdir(), 'command-line-'));
    ({ key } = await gateway.createKey());
    thriftgate = new CommandLine(folder, { THRIFTGATE_API_KEY: key, THRIFTGATE_BASE_URL: gateway.url });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await gateway.stop();
  });

  const submit = ['batch', 'submit', 'in.jsonl', '--model', 'gpt-4.1', '--window', '1h'];
  const write = (prompt: string, count: number) =>
    writeFileSync(join(folder, 'in.jsonl'), Array.from({ length: count }, (_, at) => `"${prompt} ${at}"\n`).join(''));
  const get = async (path: string) => (await gateway.request('GET', path, key)).body;

  it('says that the key is wrong, before it uploads', async () => {
    write('cli-failures: key', 2);
    const { code, stdout, stderr } = await thriftgate.run(...submit, '--api-key', 'sk-tg-wrong');
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('Incorrect API key');
    const scripted = await thriftgate.run(...submit, '--api-key', 'sk-tg-wrong', '--json');
    expect(JSON.parse(scripted.stdout)).toMatchObject({ error: { code: 'invalid_api_key', status: 401 } });
    expect((await thriftgate.with({ THRIFTGATE_API_KEY: '' }).run('key')).code).toBe(2);
  });

  it('says that the gateway is not there, or that another server is', async () => {
    const away = await thriftgate.run('key', '--base-url', `http://127.0.0.1:${await freePort()}`);
    expect([away.code, away.stderr]).toEqual([3, expect.stringContaining('does not respond (ECONNREFUSED)')]);
    const other = await thriftgate.run(...submit, '--base-url', gateway.fake.baseUrl);
    expect([other.code, other.stderr]).toEqual([3, expect.stringContaining('is not a Thriftgate gateway')]);
  });

  it('leaves the batch running at Ctrl-C, and says how to come back', async () => {
    write('cli-failures: [[delay=300]] interrupted', 60);
    const { process: child, result, said } = thriftgate.start([...submit, '--wait', '-o', 'out.jsonl']);
    await said('has started');
    child.kill('SIGINT');
    const { code, stderr } = await result;
    const [batch] = (await get('/v1/batches?limit=1')).data;
    expect([code, stderr]).toEqual([130, expect.stringContaining(`thriftgate batch results ${batch.id} --wait -o`)]);
    expect(['in_progress', 'finalizing', 'completed']).toContain(batch.status);
    expect(readdirSync(folder)).toEqual(['in.jsonl']);
    const back = await thriftgate.run('batch', 'results', batch.id, '--wait', '-o', 'out.jsonl');
    expect(back.code).toBe(0);
    expect(readFileSync(join(folder, 'out.jsonl'), 'utf8').trimEnd().split('\n')).toHaveLength(60);
  });

  it('gets whole results over a network that breaks, and from a gateway that asks it to wait', async () => {
    write('cli-failures: broken', 40);
    const spoiled = { polls: 0, downloads: 0, creations: 0 };
    const proxy = await spoilingProxy(gateway.url, ({ url = '', method }, response, upstream) => {
      if (method === 'GET' && url.startsWith('/v1/batches/') && spoiled.polls < 2) {
        spoiled.polls += 1;
        upstream.resume();
        if (spoiled.polls === 1) response.writeHead(503, { 'retry-after': '1' }).end();
        else response.destroy();
        return true;
      }
      if (method === 'POST' && url === '/v1/batches' && spoiled.creations === 0) {
        // The gateway has started the batch, and its answer is lost.
        spoiled.creations += 1;
        upstream.resume().once('end', () => response.destroy());
        return true;
      }
      if (url.endsWith('/content') && spoiled.downloads < 2) {
        spoiled.downloads += 1;
        // The first one breaks off; the second one ends early, as if it were whole.
        const { 'content-length': _, ...headers } = upstream.headers;
        response.writeHead(200, headers);
        const end = spoiled.downloads === 1 ? () => response.destroy() : () => response.end();
        upstream.once('data', (data: Buffer) => response.write(data.subarray(0, 1_000), end));
        return true;
      }
      return false;
    });
    const before = (await get('/v1/batches?limit=100')).data.length;
    const { code, stderr } = await thriftgate.run(...submit, '--wait', '-o', 'broken.jsonl', '--base-url', proxy.url);
    proxy.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(spoiled).toEqual({ polls: 2, downloads: 2, creations: 1 });
    expect((await get('/v1/batches?limit=100')).data).toHaveLength(before + 1);
    const lines = readFileSync(join(folder, 'broken.jsonl'), 'utf8').trimEnd().split('\n');
    expect(new Set(lines.map((line) => JSON.parse(line).custom_id)).size).toBe(40);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});
