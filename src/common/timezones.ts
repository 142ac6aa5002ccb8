import { IANAZone } from 'luxon';
import { GatewayError } from './errors';

/** @throws GatewayError `invalid_request` for a name that is not in the IANA database: browsers must know it, too */
export function requireTimezone(name: string, param = 'timezone'): void {
  if (IANAZone.isValidZone(name) && !OFFSET.test(name)) return;
  throw unknownTimezone(name, param);
}

/** The error for a time zone that the gateway does not know. */
export function unknownTimezone(name: string, param = 'timezone'): GatewayError {
  const message = `'${param}': '${name}' is unknown. Send an IANA name such as Asia/Seoul.`;
  return new GatewayError('invalid_request', { message, param });
}

/** Newer runtimes take an offset for a zone. It knows no summer time, and is no name. */
const OFFSET = /^[+-]/;
