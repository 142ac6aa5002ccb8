import { BlockList, isIP } from 'node:net';

/** The network of an address: the public internet, a private network, or a range that the gateway must never reach. */
export type Network = 'public' | 'private' | 'reserved';

type Subnets = readonly (readonly [address: string, bits: number])[];

/** Address ranges by family: a BlockList of both families would match IPv4 addresses with `::/3`. */
interface Ranges {
  4: BlockList;
  6: BlockList;
}

function rangesOf(ipv4: Subnets, ipv6: Subnets): Ranges {
  const ranges = { 4: new BlockList(), 6: new BlockList() };
  for (const [address, bits] of ipv4) ranges[4].addSubnet(address, bits, 'ipv4');
  for (const [address, bits] of ipv6) ranges[6].addSubnet(address, bits, 'ipv6');
  return ranges;
}

/** Metadata services of clouds, which return credentials; their addresses are in private and public ranges. */
const METADATA = rangesOf(
  [
    ['100.100.100.200', 32],
    ['168.63.129.16', 32],
  ],
  [
    ['fd00:ec2::254', 128],
    ['fd20:ce::254', 128],
  ],
);

const PRIVATE = rangesOf(
  [
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['172.16.0.0', 12],
    ['192.168.0.0', 16],
  ],
  [
    ['::1', 128],
    ['fc00::', 7],
  ],
);

/** Not global unicast, or IPv6 with an IPv4 address. @see https://www.iana.org/assignments/iana-ipv6-special-registry */
const RESERVED = rangesOf(
  [
    ['0.0.0.0', 8],
    ['169.254.0.0', 16],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ],
  [
    ['::', 3],
    ['2001::', 23],
    ['2001:db8::', 32],
    ['2002::', 16],
    ['3fff::', 20],
    ['4000::', 2],
    ['8000::', 1],
  ],
);

/** The addresses that a feature may reach in addition to the public internet. */
export interface AddressPolicy {
  /** All private addresses, none, or those for which it is true. They may also be reached without https. */
  allowPrivate: boolean | ((address: string) => boolean);
  /** What allows private addresses, for messages: `WEBHOOK_ALLOW_PRIVATE=true`. */
  setting: string;
}

export function networkOf(address: string): Network {
  const family = isIP(address);
  // Only addresses that are not public have a zone, as in fe80::1%eth0.
  if ((family !== 4 && family !== 6) || address.includes('%')) return 'reserved';
  const isIn = (ranges: Ranges) => ranges[family].check(address, family === 4 ? 'ipv4' : 'ipv6');
  if (isIn(METADATA)) return 'reserved';
  if (isIn(PRIVATE)) return 'private';
  return isIn(RESERVED) ? 'reserved' : 'public';
}

/**
 * Why an address is forbidden; undefined if it is allowed.
 *
 * @param protocol of the URL, with its colon
 */
export function addressProblem(address: string, protocol: string, policy: AddressPolicy): string | undefined {
  const network = networkOf(address);
  if (network === 'reserved') return 'is not an address of the public internet';
  if (network === 'private') {
    const { allowPrivate, setting } = policy;
    const isAllowed = typeof allowPrivate === 'function' ? allowPrivate(address) : allowPrivate;
    return isAllowed ? undefined : `is not an address of the public internet; ${setting} allows private ones`;
  }
  return protocol === 'https:' ? undefined : 'must be https on the public internet';
}

/** Why a URL is forbidden, without resolving its name; undefined if it is allowed. Names are checked when they are resolved. */
export function urlProblem(url: string, policy: AddressPolicy): string | undefined {
  const { protocol, username, password } = new URL(url);
  if (username !== '' || password !== '') return 'must not have a user name or a password';
  if (protocol !== 'https:' && !policy.allowPrivate) return 'must be https';
  const address = literalAddress(url);
  return address === undefined ? undefined : addressProblem(address, protocol, policy);
}

/** The address of a URL without a host name; undefined for a name. */
export function literalAddress(url: string): string | undefined {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
}
