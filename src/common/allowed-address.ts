import { BlockList, isIP } from 'node:net';

/** What an address belongs to: the internet, networks of one's own, or what no webhook has any business with. */
export type Network = 'public' | 'private' | 'reserved';

type Subnets = readonly (readonly [address: string, bits: number])[];

/** Ranges of addresses, each family apart: a list of both takes IPv4 addresses for IPv6 ones in `::/3`, and finds them there. */
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

/** Where clouds tell machines their secrets, inside ranges that are private or public otherwise. */
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

/** Not global unicast, or with an IPv4 address inside. @see https://www.iana.org/assignments/iana-ipv6-special-registry */
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

export function networkOf(address: string): Network {
  const family = isIP(address);
  // A zone, as in fe80::1%eth0, only goes with addresses that are no public ones.
  if ((family !== 4 && family !== 6) || address.includes('%')) return 'reserved';
  const isIn = (ranges: Ranges) => ranges[family].check(address, family === 4 ? 'ipv4' : 'ipv6');
  if (isIn(METADATA)) return 'reserved';
  if (isIn(PRIVATE)) return 'private';
  return isIn(RESERVED) ? 'reserved' : 'public';
}

/**
 * Why a message must not be sent to an address; undefined where it may be.
 *
 * @param protocol as of a URL, with its colon
 */
export function refusalOf(address: string, protocol: string, allowPrivate: boolean): string | undefined {
  const network = networkOf(address);
  if (network === 'reserved') return 'is not an address of the public internet';
  if (network === 'private') return allowPrivate ? undefined : NOT_PUBLIC;
  return protocol === 'https:' ? undefined : 'must be https on the public internet';
}

const NOT_PUBLIC = 'is not an address of the public internet; WEBHOOK_ALLOW_PRIVATE=true allows private ones';
