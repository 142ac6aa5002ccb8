import dns from 'node:dns';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GatewayConfig } from '../../config/gateway-config';
import { signatureOf, slackMessage } from './webhook-message';
import { WebhookClient } from './webhook.client';

const MESSAGE = { headers: { 'content-type': 'application/json' }, body: '{}' };

describe('WebhookClient', () => {
  let receiver: Server;
  let port: number;
  let respond: (response: ServerResponse) => void;
  const paths: (string | undefined)[] = [];
  const clients: WebhookClient[] = [];

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      paths.push(request.url);
      respond(response);
    });
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    port = (receiver.address() as AddressInfo).port;
  });
  beforeEach(() => {
    paths.length = 0;
    respond = (response) => response.writeHead(204).end();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const client of clients.splice(0)) await client.onApplicationShutdown();
  });
  afterAll(() => new Promise((closed) => receiver.close(closed)));

  const client = (allowPrivate: boolean) => {
    const made = new WebhookClient({ webhooks: { allowPrivate } } as GatewayConfig);
    clients.push(made);
    return made;
  };
  const send = (url: string, allowPrivate = true) => client(allowPrivate).send(url, MESSAGE);
  /** Resolves every name to these addresses. */
  const resolveTo = (...addresses: string[]) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((_name: string, _options: unknown, done: (...args: unknown[]) => void) =>
        done(null, all)) as never);
  };

  it('accepts 2xx with any body', async () => {
    const url = `http://127.0.0.1:${port}/`;
    await send(url);
    respond = (response) => response.writeHead(200).end(Buffer.alloc(1024 * 1024));
    await send(url);
    respond = (response) => {
      response.writeHead(200, { 'content-length': 100 }).write('half');
      setImmediate(() => response.destroy());
    };
    await send(url);
    expect(paths).toHaveLength(3);
  });

  it('reports other statuses than 2xx, and follows no redirect', async () => {
    const url = `http://127.0.0.1:${port}/`;
    respond = (response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/elsewhere` }).end();
    await expect(send(url)).rejects.toThrow('responded with 302');
    respond = (response) => response.destroy();
    await expect(send(url)).rejects.toThrow('UND_ERR_SOCKET');
    expect(paths).toEqual(['/', '/']);
    await expect(send('http://127.0.0.1:1/secret')).rejects.toThrow(/^ECONNREFUSED$/);
  });

  it('connects to the address that it checked', async () => {
    resolveTo('127.0.0.1');
    await send(`http://hooks.example.com:${port}/`);
    expect(paths).toEqual(['/']);
    expect(dns.lookup).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['a private address', ['10.0.0.1']],
    ['a public and a private address', ['1.1.1.1', '127.0.0.1']],
    ['a private and a public address', ['127.0.0.1', '1.1.1.1']],
    ['the address of a metadata service', ['169.254.169.254']],
    ['an IPv4 address in IPv6', ['::ffff:127.0.0.1']],
  ])('does not connect to a name with %s', async (_, addresses) => {
    resolveTo(...addresses);
    await expect(send(`https://hooks.example.com:${port}/`, false)).rejects.toThrow('public internet');
  });

  it('allows http for private addresses only', async () => {
    resolveTo('1.1.1.1');
    await expect(send(`http://hooks.example.com:${port}/`)).rejects.toThrow('must be https on the public internet');
  });
});

describe('a message to a webhook', () => {
  it('is signed by the Standard Webhooks scheme', () => {
    // The example of the reference libraries.
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const signature = signatureOf(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('has only Slack markup of the gateway', () => {
    const { body } = slackMessage({
      id: 'alert_1',
      kind: 'webhook_test',
      severity: 'critical',
      teamId: null,
      acknowledged: null,
      data: { webhook_id: 'webhook_1' },
      textEn: '<!channel> & <https://example.com|click>',
      textKo: '알림',
      createdAt: new Date(0),
    });
    expect(JSON.parse(body).text).toBe(
      ':rotating_light: *webhook_test*\n&lt;!channel&gt; &amp; &lt;https://example.com|click&gt;\n알림',
    );
  });
});
