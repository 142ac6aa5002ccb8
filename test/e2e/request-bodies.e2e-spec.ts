import { request as httpRequest } from 'node:http';
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
      ];
      for (const [method, path] of admin) {
        const { status } = await send(method, path, gateway.adminKey, '', headers);
        expect([method, path, status]).toEqual([method, path, 404]);
      }
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
});
