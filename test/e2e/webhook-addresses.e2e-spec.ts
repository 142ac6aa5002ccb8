import { type AddressInfo, createServer, type Server } from 'node:net';
import { type RunningGateway, startGateway } from '../support/gateway';

/** Webhooks cannot make the gateway call addresses in its private network. */
describe('the addresses of webhooks', () => {
  let gateway: RunningGateway;
  let receiver: Server;
  let url: string;
  let connections = 0;

  beforeAll(async () => {
    receiver = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
    gateway = await startGateway({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } });
  });
  afterAll(async () => {
    await gateway.stop();
    await new Promise((closed) => receiver.close(closed));
  });

  it('cannot be in the private network unless the operator allows it', async () => {
    const strict = await startGateway();
    try {
      const refused = async (address: string) => {
        const { status, body } = await strict.admin('POST', '/admin/webhooks', { url: address });
        expect([address, status, body.error?.param]).toEqual([address, 400, 'url']);
        return body.error.message as string;
      };
      const { port } = new URL(url);
      const hosts = ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '169.254.169.254', '10.0.0.1'];
      for (const host of hosts) expect(await refused(`https://${host}:${port}/`)).toContain('public internet');
      expect(await refused(`http://localhost:${port}/forbidden`)).toContain('must be https');
      // The addresses of a name are only known at the connection.
      const made = await strict.admin('POST', '/admin/webhooks', { url: `https://localhost:${port}/forbidden` });
      const { delivered: reached, error } = (await strict.admin('POST', `/admin/webhooks/${made.body.id}/test`)).body;
      expect([reached, error]).toEqual([false, expect.stringContaining('public internet')]);
      expect(connections).toBe(0);
    } finally {
      await strict.stop();
    }
    // Metadata addresses of clouds are refused even if private addresses are allowed.
    const metadata = await gateway.admin('POST', '/admin/webhooks', { url: 'http://169.254.169.254/latest/' });
    expect([metadata.status, metadata.body.error.param]).toEqual([400, 'url']);
  });

  it('are refused with the invalid member', async () => {
    const wrong = async (settings: Record<string, unknown>) => {
      const { status, body } = await gateway.admin('POST', '/admin/webhooks', { url: `${url}/x`, ...settings });
      return [status, body.error?.param];
    };
    expect(await wrong({ url: 'ftp://example.com' })).toEqual([400, 'url']);
    expect(await wrong({ url: 'https://name:word@example.com' })).toEqual([400, 'url']);
    expect(await wrong({ url: 'http://1.1.1.1/' })).toEqual([400, 'url']);
    expect(await wrong({ url: `${url}/a\0b` })).toEqual([400, 'url']);
    expect(await wrong({ secret: '' })).toEqual([400, 'secret']);
    expect(await wrong({ secret: 'whsec_short' })).toEqual([400, 'secret']);
    expect(await wrong({ format: 'slack', secret: `whsec_${'a'.repeat(40)}` })).toEqual([400, 'secret']);
    expect(await wrong({ kinds: ['weather'] })).toEqual([400, 'kinds.0']);
    expect((await wrong({ team_id: 'team_none' }))[0]).toBe(404);
    expect((await gateway.admin('POST', '/admin/webhooks/webhook_none/test')).status).toBe(404);
  });
});
