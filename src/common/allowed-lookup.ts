import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { addressProblem, type AddressPolicy } from './allowed-address';

/** A name has no address, or a forbidden one. The message contains no address. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
}

/**
 * Resolves names for connections, and fails if one of a name's addresses is forbidden. The connection uses a checked
 * address, which defeats DNS rebinding. Node calls no lookup for a URL with a literal address: check that with
 * `urlProblem`.
 *
 * @param protocol of the URL, with its colon
 */
export function allowedLookup(protocol: string, policy: AddressPolicy): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      const [first] = error ? [] : addresses;
      if (!first) return callback(error ?? new ForbiddenAddressError('has no address'), '', 0);
      const problems = addresses.map(({ address }) => addressProblem(address, protocol, policy));
      const problem = problems.find((each) => each !== undefined);
      if (problem !== undefined) return callback(new ForbiddenAddressError(problem), '', 0);
      if (options.all) (callback as (error: null, all: LookupAddress[]) => void)(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
