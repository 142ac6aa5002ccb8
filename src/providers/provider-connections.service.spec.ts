import dns from 'node:dns';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GatewayConfig } from '../config/gateway-config';
import { ProviderConnections } from './provider-connections.service';

const TIMEOUTS = { connectTimeoutMs: 5_000, firstByteTimeoutMs: 5_000, idleTimeoutMs: 5_000, totalTimeoutMs: 5_000 };

const connections = (providerNetworks: string[] = []) =>
  new ProviderConnections({ upstream: TIMEOUTS, providerNetworks } as unknown as GatewayConfig);

describe('connections to providers', () => {
  let server: Server;
  let port: number;
  let requests = 0;

  beforeAll(async () => {
    // Each request gets a connection of its own, and so a lookup of its own.
    server = createServer((_request, response) => {
      requests += 1;
      response.writeHead(200, { connection: 'close' }).end('here');
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => new Promise((closed) => server.close(closed)));
  beforeEach(() => (requests = 0));
  afterEach(() => jest.restoreAllMocks());

  /** The name resolves to these addresses, one after the other. */
  const resolvesTo = (...addresses: string[]) =>
    jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((_name: string, _options: unknown, done: (...args: unknown[]) => void) =>
        done(null, [{ address: addresses.shift() ?? '', family: 4 }])) as never);
  const send = async (client: ReturnType<ProviderConnections['connectChecked']>, url: string) => {
    const response = await client.send({ method: 'GET', url, headers: {}, body: '' });
    return (await response.readAll()).toString();
  };

  it('check the address of a name at each connection: a name that changes is refused', async () => {
    const url = `http://upstream.example:${port}/v1`;
    const client = connections(['127.0.0.1']).connectChecked(url);
    resolvesTo('127.0.0.1', '127.0.0.2', '169.254.169.254', '8.8.8.8', '127.0.0.1');
    expect(await send(client, url)).toBe('here');
    await expect(send(client, url)).rejects.toMatchObject({ kind: 'connect', sent: false });
    await expect(send(client, url)).rejects.toThrow('is not an address of the public internet');
    await expect(send(client, url)).rejects.toThrow('must be https on the public internet');
    expect(await send(client, url)).toBe('here');
    expect(requests).toBe(2);
    await client.close();
  });

  it('send nothing to a literal address that the operator does not allow any more', async () => {
    const url = `http://127.0.0.1:${port}/v1`;
    await expect(send(connections().connectChecked(url), url)).rejects.toMatchObject({ kind: 'connect', sent: false });
    const client = connections(['127.0.0.0/8']).connectChecked(url);
    expect(await send(client, url)).toBe('here');
    await client.close();
    expect(requests).toBe(1);
  });

  it('of the operator reach every address', async () => {
    const client = connections().connect();
    expect(await send(client, `http://127.0.0.1:${port}/v1`)).toBe('here');
    await client.close();
  });
});
