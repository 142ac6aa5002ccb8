import { BlockList, isIP } from 'node:net';
import { networkOf } from './allowed-address';

const BITS: Record<number, number> = { 4: 32, 6: 128 };

/** The networks of a setting, as `10.0.0.0/8,127.0.0.1`. */
export function networksOf(value: string): string[] {
  return value
    .split(',')
    .map((network) => network.trim())
    .filter((network) => network !== '');
}

/** Why a text is no private network that may be allowed; undefined if it is one. */
export function networkProblem(network: string): string | undefined {
  const [address = '', bits, ...rest] = network.split('/');
  const family = isIP(address);
  const most = BITS[family];
  const isWhole = bits === undefined || (/^\d{1,3}$/.test(bits) && most !== undefined && Number(bits) <= most);
  if (most === undefined || !isWhole || rest.length > 0)
    return 'must be an address or a network, as 10.1.2.3 or 10.0.0.0/8';
  return networkOf(address) === 'private' ? undefined : 'must be in a private network';
}

/** Whether an address is in one of the networks. Those of other families never match. */
export function isWithin(networks: readonly string[]): (address: string) => boolean {
  const lists = { 4: new BlockList(), 6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 6 : 4;
    lists[family].addSubnet(address, Number(bits ?? BITS[family]), family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const family = isIP(address);
    if (family !== 4 && family !== 6) return false;
    return lists[family].check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}
