import fc from 'fast-check';
import { networkOf, refusalOf } from './allowed-address';
import { masked, problemOf } from '../alerts/webhooks/webhook-url';

describe('the addresses that webhooks may have', () => {
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

  it('are never those of IPv4 written as IPv6', () => {
    fc.assert(fc.property(fc.ipV4(), (address) => networkOf(`::ffff:${address}`) === 'reserved'));
  });

  it('are private ones only where the operator allows it, and then without https', () => {
    expect(refusalOf('10.0.0.1', 'https:', false)).toContain('public internet; WEBHOOK_ALLOW_PRIVATE=true');
    expect(refusalOf('10.0.0.1', 'http:', true)).toBeUndefined();
    expect(refusalOf('1.1.1.1', 'https:', false)).toBeUndefined();
    for (const allowed of [true, false]) {
      expect(refusalOf('1.1.1.1', 'http:', allowed)).toBe('must be https on the public internet');
      expect(refusalOf('169.254.169.254', 'https:', allowed)).toContain('public internet');
    }
  });

  it('are looked at in every spelling that URLs allow', () => {
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
    for (const host of hosts) expect([host, problemOf(`https://${host}/`, false)]).toEqual([host, expect.anything()]);
    expect(problemOf('https://hooks.example.com/x', false)).toBeUndefined();
    expect(problemOf('http://hooks.example.com/x', false)).toBe('must be https');
    expect(problemOf('http://1.1.1.1/', true)).toBe('must be https on the public internet');
    expect(problemOf('https://name:word@hooks.example.com/x', true)).toContain('password');
  });

  it('are shown without what is secret in them', () => {
    expect(masked('https://hooks.slack.com/services/T01234567/B01234567/a1B2c3D4e5F6g7H8')).toBe(
      'https://hooks.slack.com/…g7H8',
    );
    expect(masked('https://chat.example.com/a1b2?token=c3')).toBe('https://chat.example.com/…');
  });
});
