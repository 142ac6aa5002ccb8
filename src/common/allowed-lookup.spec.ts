import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { allowedLookup, ForbiddenAddressError } from './allowed-lookup';

const policy = { allowPrivate: false, setting: 'ALLOW_PRIVATE' };

/** The result of a lookup of a name with these addresses. */
function resolve(addresses: string[], options: { all?: boolean } = {}, protocol = 'https:'): Promise<unknown> {
  const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  jest
    .spyOn(dns, 'lookup')
    .mockImplementation(((_name: string, _options: unknown, done: (...args: unknown[]) => void) =>
      done(null, all)) as never);
  const lookup: LookupFunction = allowedLookup(protocol, policy);
  return new Promise((resolved, rejected) =>
    lookup('llm.example', options, (error, address, family) =>
      error ? rejected(error) : resolved(options.all ? address : [address, family]),
    ),
  );
}

describe('allowedLookup', () => {
  afterEach(() => jest.restoreAllMocks());

  it('returns the addresses of a public name', async () => {
    expect(await resolve(['1.1.1.1', '2606:4700::1111'])).toEqual(['1.1.1.1', 4]);
    expect(await resolve(['1.1.1.1'], { all: true })).toEqual([{ address: '1.1.1.1', family: 4 }]);
  });

  it.each([[['10.0.0.1']], [['1.1.1.1', '127.0.0.1']], [['169.254.169.254']], [['::ffff:127.0.0.1']], [[]]])(
    'fails for a name with the addresses %j',
    (addresses) => expect(resolve(addresses)).rejects.toThrow(ForbiddenAddressError),
  );

  it('fails for a public name without https', () =>
    expect(resolve(['1.1.1.1'], {}, 'http:')).rejects.toThrow('must be https'));
});
