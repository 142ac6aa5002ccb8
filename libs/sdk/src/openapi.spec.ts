import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HttpClient } from './http-client';
import { ThriftgateClient } from './thriftgate-client';

const DOCUMENT = resolve(__dirname, '../../../docs/openapi.json');

/** A value for every argument: an id that must be escaped, with the members that some methods read. */
const ID = 'a/b ?';
const ANY_ARGUMENT = Object.assign(new String(ID), {
  file: '',
  filename: 'name',
  purpose: 'batch',
  output_file_id: ID,
  error_file_id: ID,
});
/** More than any method has. */
const ARGUMENTS = Array.from({ length: 5 }, () => ANY_ARGUMENT);
/** A value for every response: an ended batch, the last page of a list. */
const ANY_RESPONSE = { status: 'completed', data: [], next_cursor: null };

type Method = (...args: unknown[]) => unknown;

/** The public methods of all resources by name, for example `admin.teams.create`. */
function methodsOf(resource: object, name = ''): [string, Method][] {
  const own = Object.entries(resource).flatMap(([member, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !(value instanceof HttpClient)
      ? methodsOf(value, `${name}${member}.`)
      : [],
  );
  const { constructor: _, ...descriptors } = Object.getOwnPropertyDescriptors(
    Object.getPrototypeOf(resource) === Object.prototype ? {} : (Object.getPrototypeOf(resource) as object),
  );
  const methods = Object.entries(descriptors).map(
    ([method, { value }]) => [name + method, (value as Method).bind(resource)] as [string, Method],
  );
  return [...own, ...methods];
}

/** The request of a method, for example `GET /v1/models`. */
async function routesOf(name: string): Promise<string[]> {
  const sent: string[] = [];
  const client = new ThriftgateClient({
    baseUrl: 'http://gateway.test',
    apiKey: 'sk-tg-test',
    fetch: (input, init) => {
      sent.push(`${init?.method} ${new URL(String(input)).pathname}`);
      return Promise.resolve(Response.json(ANY_RESPONSE));
    },
  });
  const method = new Map(methodsOf(client)).get(name) as Method;
  const result = await method(...ARGUMENTS);
  if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
    for await (const _ of result as AsyncIterable<unknown>);
  return sent;
}

describe('the SDK', () => {
  const { paths } = JSON.parse(readFileSync(DOCUMENT, 'utf8')) as { paths: Record<string, object> };
  /** Other addresses of a route, for clients of other gateways and vendors. */
  const isAlias = (path: string) => path.startsWith('/openai/');
  const documented = Object.entries(paths)
    .filter(([path]) => !isAlias(path))
    .flatMap(([path, item]) =>
      Object.keys(item).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, encodeURIComponent(ID))}`,
      ),
    );
  const names = methodsOf(new ThriftgateClient({ baseUrl: '', apiKey: '' })).map(([name]) => name);

  it.each(names)('sends only a request of docs/openapi.json with %s', async (name) => {
    const routes = await routesOf(name);
    expect(routes).not.toEqual([]);
    expect(routes.filter((route) => !documented.includes(route))).toEqual([]);
  });

  it('has a method for every route of docs/openapi.json', async () => {
    const sent = (await Promise.all(names.map(routesOf))).flat();
    expect(documented.filter((route) => !sent.includes(route))).toEqual([]);
  });
});
