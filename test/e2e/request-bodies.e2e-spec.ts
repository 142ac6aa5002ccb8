import { request as httpRequest } from 'node:http';
import { gzipSync } from 'node:zlib';
import { eventually } from '../support/eventually';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

interface RawResponse {
  status: number;
  body: any;
}

describe('request bodies', () => {
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key } = await gateway.createKey());
  });

  afterAll(() => gateway?.stop());

  const send = (
    method: string,
    path: string,
    apiKey: string,
    body: Buffer | string,
    headers: Record<string, string> = {},
  ): Promise<RawResponse> =>
    new Promise((resolve, reject) => {
      const call = httpRequest(gateway.url + path, {
        method,
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
      });
      call.on('error', reject);
      call.on('response', (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(pieces).toString() || 'null') }),
        );
      });
      if (headers['transfer-encoding']) call.flushHeaders();
      call.end(body);
    });

  describe('that are empty', () => {
    const EMPTY: [string, Record<string, string>][] = [
      ['without a length', {}],
      ['of length 0', { 'content-length': '0' }],
      ['in no chunk', { 'transfer-encoding': 'chunked' }],
      ['as a form', { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '0' }],
      ['as no type', { 'content-type': 'json', 'content-length': '0' }],
    ];

    it.each(EMPTY)('C1: are no body for routes that need none: %s', async (_what, headers) => {
      for (const path of ['/v1/files/file_X', '/v1/batches/batch_X/cancel']) {
        const response = await send(path.endsWith('cancel') ? 'POST' : 'DELETE', path, key, '', headers);
        expect([path, response.status, response.body.error.code]).toEqual([path, 404, 'not_found']);
      }
      const admin: [string, string][] = [
        ['DELETE', '/admin/budgets/budget_X'],
        ['DELETE', '/admin/cache/shares/share_X'],
        ['DELETE', '/admin/keys/key_X'],
        ['POST', '/admin/keys/key_X/rotate'],
        ['DELETE', '/admin/models/none'],
        ['DELETE', '/admin/prices/price_X'],
        ['DELETE', '/admin/teams/team_X'],
        ['DELETE', '/admin/webhooks/webhook_X'],
        ['POST', '/admin/webhooks/webhook_X/test'],
        ['POST', '/admin/providers/none/test'],
      ];
      for (const [method, path] of admin) {
        const { status } = await send(method, path, gateway.adminKey, '', headers);
        expect([method, path, status]).toEqual([method, path, 404]);
      }
    });

    it.each([' ', '\r\n', 'null', '{}'])('C1: or say nothing are no body either: %j', async (text) => {
      const headers = { 'content-type': 'application/json', 'content-length': String(text.length) };
      const answers = [
        await send('DELETE', '/v1/files/file_X', key, text, headers),
        await send('POST', '/v1/batches/batch_X/cancel', key, text, headers),
        await send('POST', '/admin/keys/key_X/rotate', gateway.adminKey, text, headers),
      ];
      expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    });

    it.each(EMPTY)('C1: are refused by routes that need one, which say what to send: %s', async (_what, headers) => {
      for (const path of ['/v1/chat/completions', '/v1/batches', '/admin/teams']) {
        const apiKey = path.startsWith('/v1') ? key : gateway.adminKey;
        const { status, body } = await send('POST', path, apiKey, '', headers);
        expect([path, status, body.error.code]).toEqual([path, 400, 'invalid_request']);
        expect(body.error.message).toContain('JSON object');
      }
    });
  });

  describe('that are no UTF-8', () => {
    /** "배추" in CP949, as `iconv -t CP949` writes it. */
    const CP949 = Buffer.from([0xb9, 0xe8, 0xc3, 0xdf]);
    const spoil = (body: unknown): Buffer => {
      const [before, after] = JSON.stringify(body).split('KOREAN');
      return Buffer.concat([Buffer.from(before ?? ''), CP949, Buffer.from(after ?? '')]);
    };
    const chat = (content: string) => ({ model: 'gpt-4.1', messages: [{ role: 'user', content }] });
    const line = { custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body: chat('KOREAN') };

    it.each<[string, string, unknown]>([
      ['POST', '/v1/chat/completions', chat('U KOREAN')],
      ['POST', '/v1/chat/completions', { ...chat('x'), metadata: { KOREAN: 'a' } }],
      ['POST', '/v1/batches', { requests: [line] }],
      ['POST', '/v1/batches', { input_file_content: JSON.stringify(line) }],
      ['POST', '/admin/teams', { name: 'KOREAN' }],
      ['PATCH', '/admin/teams/team_X', { name: 'KOREAN' }],
      ['PUT', '/admin/models/gpt-4.1/version', { version: 'KOREAN' }],
    ])('R27: are refused, and nothing is asked: %s %s %j', async (method, path, body) => {
      const apiKey = path.startsWith('/v1') ? key : gateway.adminKey;
      const reached = gateway.fake.calls.length;
      const teams = (await gateway.admin('GET', '/admin/teams')).body.data.length;
      for (const type of ['application/json', 'application/json; charset=euc-kr']) {
        const response = await send(method, path, apiKey, spoil(body), { 'content-type': type });
        expect([response.status, response.body.error.code]).toEqual([400, 'invalid_json']);
        expect(response.body.error.message).toContain('UTF-8');
      }
      expect(gateway.fake.calls).toHaveLength(reached);
      expect((await gateway.admin('GET', '/admin/teams')).body.data).toHaveLength(teams);
    });

    it('R27: also where the bytes of another charset happen to be UTF-8', async () => {
      const type = (charset: string) => ({ 'content-type': `application/json; charset=${charset}` });
      const ask = (content: string, charset: string) =>
        send('POST', '/v1/chat/completions', key, JSON.stringify(chat(content)), type(charset));
      for (const charset of ['euc-kr', '"EUC-KR"', 'iso-8859-1', 'utf-16']) {
        const { status, body } = await ask('한국어', charset);
        expect([charset, status, body.error?.code]).toEqual([charset, 400, 'invalid_json']);
        expect(body.error.message).toContain('charset');
      }
      for (const charset of ['utf-8', 'UTF8', '"utf-8"']) {
        expect([charset, (await ask(`한국어 ${charset}`, charset)).status]).toEqual([charset, 200]);
      }
      expect((await ask('plain ASCII', 'euc-kr')).status).toBe(200);
    });

    it.each(['%ff', 'a%C3', '%ed%a0%80'])('R27: are refused in a query: %s', async (tag) => {
      const { status, body } = await gateway.admin('GET', `/admin/usage?tag=${tag}`);
      expect([status, body.error.code, body.error.message]).toEqual([
        400,
        'invalid_request',
        expect.stringContaining('UTF-8'),
      ]);
    });

    it.each(['%EB%B9%84%EC%9A%A9', '100%', 'a%2Cb', '%zz'])('R27: and no others: %s', async (tag) => {
      expect((await gateway.admin('GET', `/admin/usage?tag=${tag}`)).status).toBe(200);
    });

    it('R27: a compressed body is refused for what it is', async () => {
      const body = gzipSync(JSON.stringify(chat('packed')));
      const { status, body: answer } = await send('POST', '/v1/chat/completions', key, body, {
        'content-encoding': 'gzip',
      });
      expect([status, answer.error.code]).toEqual([415, 'unsupported_media_type']);
      expect(answer.error.message).toContain('gzip');
    });

    it.each([
      ['the name of a file', 'file"; filename="KOREAN.jsonl', 'x'],
      ['the name of a field', 'KOREAN', 'x'],
      ['a value', 'purpose', 'KOREAN'],
    ])('R27: are refused in forms: %s', async (_what, name, value) => {
      const part = (head: string, content: string) =>
        `--b\r\nContent-Disposition: form-data; name="${head}"\r\n\r\n${content}\r\n`;
      const [before = '', after = ''] = part(name, value).split('KOREAN');
      const rest = `${part('purpose', 'batch')}${part('file"; filename="a.jsonl', 'x')}--b--\r\n`;
      const form = Buffer.concat([Buffer.from(before), CP949, Buffer.from(after + rest)]);
      const type = 'multipart/form-data; boundary=b';
      const { status, body } = await send('POST', '/v1/files', key, form, { 'content-type': type });
      expect([status, body.error.code]).toEqual([400, 'invalid_request']);
      expect(body.error.message).toContain('UTF-8');
      expect((await gateway.request('GET', '/v1/files', key)).body.data).toEqual([]);
    });
  });

  describe('that are no JSON', () => {
    it.each([
      ['/v1/chat/completions', '{\n  "model": "gpt-4.1",\n}', 'unexpected "}" at line 3, column 1'],
      ['/v1/batches', '{"requests": [', 'it ends too early at line 1, column 15'],
      ['/admin/teams', "{'name': 'x'}", 'unexpected "\'" at line 1, column 2'],
    ])('N18: name line and column: %s %j', async (path, text, fault) => {
      const apiKey = path.startsWith('/v1') ? key : gateway.adminKey;
      const { status, body } = await send('POST', path, apiKey, text);
      expect([status, body.error.code]).toEqual([400, 'invalid_json']);
      expect(body.error.message).toContain(fault);
    });

    it.each(['{"__proto__": {"a": 1}}', '{"messages": [{"constructor": {"prototype": 1}}]}'])(
      'a body with a member that changes prototypes is refused: %s',
      async (text) => {
        const { status, body } = await send('POST', '/v1/chat/completions', key, text);
        expect([status, body.error.code]).toEqual([400, 'invalid_json']);
        expect(body.error.message).toContain('__proto__');
      },
    );

    it('a byte order mark is no fault', async () => {
      const text = `\ufeff${JSON.stringify({ name: 'with a mark' })}`;
      expect((await send('POST', '/admin/teams', gateway.adminKey, text)).status).toBe(201);
    });
  });

  describe('that pass through', () => {
    const LONG = ['9223372036854775807', '9223372036854775808', '0.12345678901234567890123', '1e400'];
    const askText = (prompt: string, members: string) =>
      `{"model":"gpt-4.1","messages":[{"role":"user","content":"${prompt}"}]${members}}`;
    const sentOf = (prompt: string) => gateway.fake.calls.filter(({ text }) => text.includes(`"${prompt}"`));
    const PLACES = {
      'a known member': (number: string) => `,"seed":${number}`,
      'an unknown member': (number: string) => `,"x_vendor":{"ids":[1,${number}]}`,
      'a schema': (number: string) =>
        `,"tools":[{"type":"function","function":{"name":"f","parameters":{"maximum":${number}}}}]`,
    };

    it.each(Object.entries(PLACES))(
      'R36: with all digits of numbers, which are apart in the cache: %s',
      async (place, of) => {
        const prompt = `long numbers in ${place}`;
        for (const number of [...LONG, ...LONG])
          expect((await send('POST', '/v1/chat/completions', key, askText(prompt, of(number)))).status).toBe(200);
        const sent = sentOf(prompt).map(({ text }) => text);
        expect(sent).toHaveLength(LONG.length);
        for (const number of LONG) expect(sent.filter((text) => text.includes(of(number)))).toHaveLength(1);
      },
    );

    it.each(Object.entries(PLACES))('R36: with all digits of numbers, in batch lines: %s', async (place, of) => {
      const prompt = `long numbers of lines in ${place}`;
      const lines = LONG.map((number, at) => `{"custom_id":"${at}","body":${askText(prompt, of(number))}}`);
      const { status, body } = await send(
        'POST',
        '/v1/batches',
        key,
        `{"completion_window":"1h","requests":[${lines.join()}]}`,
      );
      expect([status, body.status]).toEqual([200, 'in_progress']);
      await eventually(() => sentOf(prompt).length === LONG.length);
      for (const number of LONG) expect(sentOf(prompt).filter(({ text }) => text.includes(of(number)))).toHaveLength(1);
    });

    it('R36: an Idempotency-Key tells long numbers apart', async () => {
      const once = (number: string) =>
        send('POST', '/v1/chat/completions', key, askText('once with a long number', `,"seed":${number}`), {
          'idempotency-key': 'long-numbers',
        });
      expect((await once('9223372036854775807')).status).toBe(200);
      expect((await once('9223372036854775807')).status).toBe(200);
      const { status, body } = await once('9223372036854775808');
      expect([status, body.error.code]).toEqual([400, 'idempotency_key_reused']);
    });

    it.each(['n', 'max_tokens', 'max_completion_tokens'])(
      'R36: %s must be a number that the gateway can read',
      async (name) => {
        for (const number of LONG) {
          const text = askText(`an unreadable ${name}`, `,"${name}":${number}`);
          const { status, body } = await send('POST', '/v1/chat/completions', key, text);
          expect([status, body.error.param]).toEqual([400, name]);
        }
        expect(sentOf(`an unreadable ${name}`)).toEqual([]);
      },
    );

    it('with members where they stood', async () => {
      const members = [
        ['b', ',"x_b":1,"10":"ten","2":{"z":1,"7":2,"a":3},"temperature":0.5,"x_a":[{"b":1,"0":2}]'],
        [
          'schema',
          ',"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"properties":{"b":{},"2":{},"1":{}}}}}',
        ],
      ];
      for (const [name, text = ''] of members) {
        const prompt = `members in order: ${name}`;
        expect((await send('POST', '/v1/chat/completions', key, askText(prompt, text))).status).toBe(200);
        expect(sentOf(prompt).map((call) => call.text)).toEqual([askText(prompt, text)]);
      }
    });
  });
});
