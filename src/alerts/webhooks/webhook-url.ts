import { isIP } from 'node:net';
import { refusalOf } from '../../common/allowed-address';

const SHOWN_END = 4;

/** Why messages must not go to a URL, as far as the URL itself says so; what its name stands for is looked at with each connection. */
export function problemOf(url: string, allowPrivate: boolean): string | undefined {
  const { protocol, username, password } = new URL(url);
  if (username !== '' || password !== '') return 'must not have a user name or a password';
  if (protocol !== 'https:' && !allowPrivate) return 'must be https';
  const address = literalAddress(url);
  return address === undefined ? undefined : refusalOf(address, protocol, allowPrivate);
}

/** The address that a URL has in place of a name. */
export function literalAddress(url: string): string | undefined {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? undefined : host;
}

/** What may be shown of a URL whose path is a secret: `https://hooks.slack.com/…a1b2`. */
export function masked(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}/…${pathname.length > 3 * SHOWN_END ? pathname.slice(-SHOWN_END) : ''}`;
}
