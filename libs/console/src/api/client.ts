import { ThriftgateClient } from '@thriftgate/sdk';
import { noteVersion } from './server-version';

/** Calls of the console: with the session's cookie, no key; every response tells which version answers. */
export const api = new ThriftgateClient({
  baseUrl: '',
  fetch: async (input, init) => {
    const response = await fetch(input, { ...init, credentials: 'same-origin' });
    noteVersion(response.headers.get('x-gateway-version'));
    return response;
  },
});
