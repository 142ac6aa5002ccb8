import { ThriftgateClient } from '@thriftgate/sdk';

/** Calls with a key that was just made, without the session's cookie. The key is not kept. */
export const clientOfKey = (apiKey: string): ThriftgateClient =>
  new ThriftgateClient({
    baseUrl: '',
    apiKey,
    fetch: (input, init) => fetch(input, { ...init, credentials: 'omit' }),
  });
