import { ThriftgateError } from '@thriftgate/sdk';
import { noteVersion } from './server-version';

/** A request for a route that the SDK has not yet. @throws ThriftgateError for every status but 2xx */
export async function request<Answer>(
  method: 'GET' | 'PUT',
  path: string,
  { body, signal }: { body?: unknown; signal?: AbortSignal } = {},
): Promise<Answer> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...(signal && { signal }),
  });
  noteVersion(response.headers.get('x-gateway-version'));
  if (!response.ok) throw ThriftgateError.from(response, await response.json().catch(() => undefined));
  return (await response.json()) as Answer;
}
