import fc from 'fast-check';
import { addressProblem, networkOf, urlProblem } from './allowed-address';
import { isWithin, networkProblem, networksOf } from './allowed-networks';

const policy = (allowPrivate: boolean) => ({ allowPrivate, setting: 'ALLOW_PRIVATE=true' });

describe('addresses that an administrator may set', () => {
  it.each([
    ['public', ['1.1.1.1', '8.8.8.8', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '2a00:1450:4001::1']],
    ['private', ['10.0.0.1', '127.0.0.1', '127.9.9.9', '172.16.0.1', '172.31.255.255', '192.168.1.1', '100.64.0.1']],
    ['private', ['::1', 'fc00::1', 'fd12:3456::1']],
    ['reserved', ['0.0.0.0', '169.254.169.254', '192.0.0.192', '192.0.2.1', '224.0.0.1', '255.255.255.255']],
    ['reserved', ['100.100.100.200', '168.63.129.16', 'fd00:ec2::254', 'fd20:ce::254']],
    ['reserved', ['::', 'fe80::1', 'fe80::1%eth0', 'ff02::1', '2001:db8::1', '2002:7f00:1::', '64:ff9b::7f00:1']],
    ['reserved', ['::ffff:127.0.0.1', '::ffff:8.8.8.8', '::ffff:7f00:1', '::127.0.0.1', '', 'localhost']],
  ])('are %s: %s', (network, addresses) => {
    expect(addresses.map((address) => [address, networkOf(address)])).toEqual(addresses.map((each) => [each, network]));
  });

  it('exclude IPv4 addresses in IPv6', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => networkOf(`::ffff:${address}`) === 'reserved'));
  });

  it('include private ones only if the operator allows them, then also without https', () => {
    expect(addressProblem('10.0.0.1', 'https:', policy(false))).toContain('public internet; ALLOW_PRIVATE=true');
    expect(addressProblem('10.0.0.1', 'http:', policy(true))).toBeUndefined();
    expect(addressProblem('1.1.1.1', 'https:', policy(false))).toBeUndefined();
    for (const allowed of [true, false]) {
      expect(addressProblem('1.1.1.1', 'http:', policy(allowed))).toBe('must be https on the public internet');
      expect(addressProblem('169.254.169.254', 'https:', policy(allowed))).toContain('public internet');
    }
  });

  it('include the private ones in the networks of the operator, and no others', () => {
    const some = { allowPrivate: isWithin(['10.1.0.0/16', '127.0.0.1', 'fd12::/16']), setting: 'NETWORKS' };
    for (const address of ['10.1.2.3', '127.0.0.1', 'fd12::1'])
      expect([address, addressProblem(address, 'http:', some)]).toEqual([address, undefined]);
    for (const address of ['10.2.0.1', '127.0.0.2', '::1', '169.254.169.254', '::ffff:10.1.2.3', '8.8.8.8'])
      expect([address, addressProblem(address, 'http:', some)]).toEqual([address, expect.anything()]);
    expect(urlProblem('http://10.1.2.3/v1', some)).toBeUndefined();
  });

  it('are checked in every spelling of URLs', () => {
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '0177.0.0.1',
      '127.1',
      '127.0.0.1.',
      '[::1]',
      '[::ffff:127.0.0.1]',
    ];
    for (const host of hosts)
      expect([host, urlProblem(`https://${host}/`, policy(false))]).toEqual([host, expect.anything()]);
    expect(urlProblem('https://hooks.example.com/x', policy(false))).toBeUndefined();
    expect(urlProblem('http://hooks.example.com/x', policy(false))).toBe('must be https');
    expect(urlProblem('http://1.1.1.1/', policy(true))).toBe('must be https on the public internet');
    expect(urlProblem('https://name:word@hooks.example.com/x', policy(true))).toContain('password');
  });
});

describe('networks that the operator allows', () => {
  it('are written with commas', () => expect(networksOf(' 10.0.0.0/8, ::1,')).toEqual(['10.0.0.0/8', '::1']));

  it.each(['10.0.0.0/8', '127.0.0.1', '192.168.1.0/24', '::1', 'fc00::/7'])('may be %s', (network) =>
    expect(networkProblem(network)).toBeUndefined(),
  );

  it.each([
    '8.8.8.0/24',
    '169.254.169.254',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    'localhost',
    '10.0.0.0/x',
  ])('may not be %s', (network) => expect(networkProblem(network)).toBeDefined());
});
