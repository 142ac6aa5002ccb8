import { IANAZone } from 'luxon';
import { GatewayError } from './errors';

/** Newer runtimes take an offset for a zone. An offset has no summer time and is not an IANA name. */
const OFFSET = /^[+-]/;

/**
 * Checks the `timezone` of a request.
 *
 * @throws GatewayError `invalid_request` for a name that is not in the IANA database: browsers must know it, too
 */
export function requireTimezone(name: string): void {
  if (IANAZone.isValidZone(name) && !OFFSET.test(name)) return;
  const message = `'timezone': '${name}' is unknown. Send an IANA name such as Asia/Seoul.`;
  throw new GatewayError('invalid_request', { message, param: 'timezone' });
}
