import { createHash } from 'node:crypto';
import OpenAI, { toFile } from 'openai';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

const DAY_S = 24 * 3_600;

describe('files', () => {
  let gateway: RunningGateway;
  let key: string;
  let openai: OpenAI;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key } = await gateway.createKey());
    openai = clientFor(key);
  });

  afterAll(() => gateway?.stop());

  const clientFor = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

  const upload = (content: string | Buffer, name = 'lines.jsonl', client = openai) =>
    toFile(Buffer.from(content), name).then((file) => client.files.create({ file, purpose: 'batch' }));

  it('are stored and returned byte for byte', async () => {
    const content = Buffer.alloc(2_500_000, 'ü\n0123456789\r\n\u0000');
    const file = await upload(content, 'Fragen für heute.jsonl');
    expect(file).toMatchObject({
      id: expect.stringMatching(/^file_/),
      object: 'file',
      bytes: content.length,
      filename: 'Fragen für heute.jsonl',
      purpose: 'batch',
      status: 'processed',
    });
    expect(Math.abs(file.created_at - Date.now() / 1000)).toBeLessThan(30);
    expect(await openai.files.retrieve(file.id)).toEqual(file);

    const response = await openai.files.content(file.id);
    expect(response.headers.get('content-length')).toBe(String(content.length));
    const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
    const digest = sha256(content);
    expect(sha256(Buffer.from(await response.arrayBuffer())).equals(digest)).toBe(true);
    expect(response.headers.get('repr-digest')).toBe(`sha-256=:${digest.toString('base64')}:`);
    expect(file).toMatchObject({ gateway: { sha256: digest.toString('hex') } });
  });

  it('C2: takes the expiry of a file, and passes members it does not know', async () => {
    const content = () => toFile(Buffer.from('{}'), 'expiring.jsonl');
    const file = await openai.files.create({
      file: await content(),
      purpose: 'batch',
      expires_after: { anchor: 'created_at', seconds: 3_600 },
    });
    expect(file.expires_at).toBe(file.created_at + 3_600);
    expect(await openai.files.retrieve(file.id)).toEqual(file);
    const others: Record<string, unknown>[] = [
      { expires_after: 'null' },
      { expires_after: '' },
      { colour: 'red', 'nested[member]': 'x' },
    ];
    for (const other of others) {
      const body = { file: await content(), purpose: 'batch' as const, ...other };
      const kept = await openai.files.create(body as Parameters<typeof openai.files.create>[0]);
      expect([other, kept.status, kept.expires_at]).toEqual([other, 'processed', kept.created_at + 30 * DAY_S]);
    }
    const json = JSON.stringify({ anchor: 'created_at', seconds: 7_200 });
    const body = { file: await content(), purpose: 'batch' as const, expires_after: json };
    const asJson = await openai.files.create(body as unknown as Parameters<typeof openai.files.create>[0]);
    expect(asJson.expires_at).toBe(asJson.created_at + 7_200);
  });

  it.each(['files', 'batches', 'models'])(
    'R53: GET /v1/%s passes query members that it does not know',
    async (list) => {
      const path = `/v1/${list}?api-version=v1&limit=5&colour=red`;
      expect((await gateway.request('GET', path, key)).status).toBe(200);
    },
  );

  it('are listed in pages', async () => {
    const { key: ownKey } = await gateway.createKey();
    const client = clientFor(ownKey);
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c', 'd', 'e']) ids.push((await upload(name, name, client)).id);

    const newestFirst: string[] = [];
    for await (const file of client.files.list({ limit: 2 })) newestFirst.push(file.id);
    expect(newestFirst).toEqual(ids.toReversed());

    const page = await gateway.request('GET', `/v1/files?limit=2&order=asc&after=${ids[0]}&purpose=batch`, ownKey);
    expect(page.body).toMatchObject({ object: 'list', has_more: true, first_id: ids[1], last_id: ids[2] });
    const none = await gateway.request('GET', '/v1/files?purpose=batch_output', ownKey);
    expect(none.body).toEqual({ object: 'list', data: [], has_more: false, first_id: null, last_id: null });
    expect((await gateway.request('GET', '/v1/files?limit=0', ownKey)).body.error.param).toBe('limit');
  });

  it.each(['assistants', 'fine-tune', 'user_data', 'vision'])(
    "C2: are not in the list of OpenAI's purpose %s, which they never have",
    async (purpose) => {
      await upload('for a batch');
      expect((await openai.files.list({ purpose })).data).toEqual([]);
      await expect(openai.files.list({ purpose: `${purpose}s` })).rejects.toMatchObject({ param: 'purpose' });
    },
  );

  it('can be deleted', async () => {
    const file = await upload('gone soon');
    expect(await openai.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true });
    await expect(openai.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
    await expect(openai.files.content(file.id)).rejects.toMatchObject({ status: 404 });
    await expect(openai.files.delete(file.id)).rejects.toMatchObject({ status: 404 });
  });

  it('are visible only to their team', async () => {
    const file = await upload('secret');
    const other = clientFor((await gateway.createKey()).key);
    await expect(other.files.retrieve(file.id)).rejects.toMatchObject({ status: 404 });
    await expect(other.files.content(file.id)).rejects.toMatchObject({ status: 404 });
    await expect(other.files.delete(file.id)).rejects.toMatchObject({ status: 404 });
    expect((await other.files.list()).data).toEqual([]);
    expect((await openai.files.retrieve(file.id)).id).toBe(file.id);
  });

  describe('are refused', () => {
    const post = async (form: FormData | string, headers: Record<string, string> = {}) => {
      const response = await fetch(`${gateway.url}/v1/files`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, ...headers },
        body: form,
      });
      return {
        status: response.status,
        body: (await response.json()) as { error: { param: string; message: string } },
      };
    };

    const form = (...members: [name: string, value: string | Blob][]) => {
      const data = new FormData();
      for (const [name, value] of members) {
        if (typeof value === 'string') data.append(name, value);
        else data.append(name, value, 'lines.jsonl');
      }
      return data;
    };

    const file = new Blob(['{}']);
    const expiring = (anchor: string, seconds: string) =>
      form(
        ['purpose', 'batch'],
        ['file', file],
        ['expires_after[anchor]', anchor],
        ['expires_after[seconds]', seconds],
      );

    it.each([
      ['another purpose', () => form(['purpose', 'fine-tune'], ['file', file]), 'purpose'],
      ['the gateway’s own purpose', () => form(['purpose', 'batch_output'], ['file', file]), 'purpose'],
      ['another purpose after the file', () => form(['file', file], ['purpose', 'vision']), 'purpose'],
      ['no purpose', () => form(['file', file]), 'purpose'],
      ['no file', () => form(['purpose', 'batch']), 'file'],
      ['an empty file', () => form(['purpose', 'batch'], ['file', new Blob([])]), 'file'],
      ['C2: an expiry that is too soon', () => expiring('created_at', '60'), 'expires_after.seconds'],
      ['C2: an expiry that is no number', () => expiring('created_at', 'soon'), 'expires_after.seconds'],
      ['C2: an expiry after something else', () => expiring('last_active_at', '3600'), 'expires_after.anchor'],
      ['a file under another name', () => form(['purpose', 'batch'], ['upload', file]), 'upload'],
    ])('with %s', async (_, make, param) => {
      const { status, body } = await post(make());
      expect({ status, param: body.error.param }).toEqual({ status: 400, param });
    });

    it('if the body is not a form', async () => {
      const { status, body } = await post('{"purpose": "batch"}', { 'content-type': 'application/json' });
      expect(status).toBe(415);
      expect(body.error.message).toMatch(/multipart\/form-data/);
    });

    it('without anything stored', async () => {
      const { key: ownKey } = await gateway.createKey();
      await post(form(['file', file], ['purpose', 'vision']), { authorization: `Bearer ${ownKey}` });
      expect((await clientFor(ownKey).files.list()).data).toEqual([]);
    });

    it('in a list after an invalid id', async () => {
      for (const list of ['files', 'batches']) {
        const { status, body } = await gateway.request('GET', `/v1/${list}?after=%00`, key);
        expect({ status, param: body.error.param }).toEqual({ status: 400, param: 'after' });
      }
    });

    it('without a key, and under an invalid id', async () => {
      expect((await gateway.request('GET', '/v1/files', undefined)).status).toBe(401);
      for (const id of ['file_unknown', '%00', '%ff', "'; DROP TABLE files; --"]) {
        const { status } = await gateway.request('GET', `/v1/files/${id}`, key);
        expect([400, 404]).toContain(status);
      }
    });
  });
});
