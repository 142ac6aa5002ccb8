import { ThriftgateError } from './thriftgate-error';

export interface ThriftgateClientOptions {
  /** The gateway's URL, for example `http://127.0.0.1:3000`; a `/v1` at its end is ignored. */
  baseUrl: string;
  /** A team's key, or the administrator's. Pages of the gateway have none: the browser sends their session's cookie. */
  apiKey?: string;
  /** Replaces the global `fetch`, for proxies, logging or tests. */
  fetch?: typeof fetch;
}

/** Options of a single call. */
export interface CallOptions {
  signal?: AbortSignal;
  /** Further request headers, such as `Cache-Control` or `x-gateway-tags`. */
  headers?: Record<string, string>;
  /** A POST under `/v1` with this key runs once, also when it is repeated: 1 to 255 visible ASCII characters, kept for 24 hours. */
  idempotencyKey?: string;
  /** The `etag` of {@link Tagged}: the change is refused with `precondition_failed` if the object has changed since it was read. */
  ifMatch?: string | undefined;
}

/** An object with the version in which it was read. */
export interface Tagged<Value> {
  value: Value;
  /** For `ifMatch`; undefined if the response has none. */
  etag: string | undefined;
}

type QueryValue = string | number | boolean | Date | readonly string[] | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

export interface HttpCall extends CallOptions {
  query?: Query;
  /** A FormData is sent as a form, other values as JSON. */
  body?: unknown;
  /** A status besides 2xx that is no error. */
  expectedStatus?: number;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Sends calls with the key and converts error responses to {@link ThriftgateError}. */
export class HttpClient {
  private readonly origin: string;
  private readonly fetch: typeof fetch;

  constructor(private readonly options: ThriftgateClientOptions) {
    this.origin = options.baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '');
    this.fetch = options.fetch ?? globalThis.fetch;
  }

  /** The JSON of the response, typed by its contract. @throws ThriftgateError as {@link send} */
  async json<Answer>(method: Method, route: string, call: HttpCall = {}): Promise<Answer> {
    const response = await this.send(method, route, call);
    return (await response.json()) as Answer;
  }

  /** The JSON of an object with its version. @throws ThriftgateError as {@link send} */
  async tagged<Value>(route: string, call: HttpCall = {}): Promise<Tagged<Value>> {
    const response = await this.send('GET', route, call);
    return { value: (await response.json()) as Value, etag: response.headers.get('etag') ?? undefined };
  }

  /** The response before its body is read. @throws ThriftgateError for every status but 2xx and the expected one */
  async send(method: Method, route: string, call: HttpCall = {}): Promise<Response> {
    const { query, body, headers, signal, idempotencyKey, ifMatch, expectedStatus } = call;
    const isForm = body === undefined || body instanceof FormData;
    const response = await this.fetch.call(globalThis, this.origin + route + queryString(query), {
      method,
      headers: {
        ...(this.options.apiKey !== undefined && { authorization: `Bearer ${this.options.apiKey}` }),
        ...(isForm ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: body instanceof FormData ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    });
    if (response.ok || response.status === expectedStatus) return response;
    throw ThriftgateError.from(response, await response.json().catch(() => undefined));
  }
}

/** A path with its ids escaped: `path\`/v1/files/${id}\``. */
export function path(parts: TemplateStringsArray, ...ids: string[]): string {
  return parts.reduce((joined, part, index) => joined + encodeURIComponent(ids[index - 1] ?? '') + part);
}

function queryString(query: Query = {}): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) pairs.set(name, value instanceof Date ? value.toISOString() : String(value));
  }
  return pairs.size === 0 ? '' : `?${pairs}`;
}
