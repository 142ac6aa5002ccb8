/** The address of a Redis: one server, or some nodes of a cluster, which name the others. */
export interface RedisServers {
  isCluster: boolean;
  nodes: { host: string; port: number }[];
  username: string | undefined;
  password: string | undefined;
  tls: boolean;
  /** Always 0 in a cluster. */
  database: number;
}

const DEFAULT_PORT = 6379;
const SCHEME = /^(rediss?)(\+cluster)?:$/;
const EXPECTED =
  'must be a URL that starts with redis:// or rediss://, or for a cluster with redis+cluster:// or rediss+cluster://; several nodes of a cluster are separated by commas';

/** Why a URL is invalid, in a message for the operator. */
export class RedisUrlError extends Error {}

/**
 * Reads `redis://` or `rediss://` for one server; `redis+cluster://` or `rediss+cluster://`, or several URLs separated by
 * commas, for a cluster. User and password come from the first URL that has them.
 *
 * @throws RedisUrlError
 */
export function readRedisUrl(text: string): RedisServers {
  const urls = text.split(',').map((part) => parse(part.trim()));
  const schemes = urls.map(({ protocol }) => SCHEME.exec(protocol));
  const [first] = schemes;
  if (!first || schemes.some((scheme) => scheme?.[1] !== first[1])) throw new RedisUrlError(EXPECTED);
  const isCluster = urls.length > 1 || first[2] !== undefined;
  const database = Math.max(...urls.map(({ pathname }) => Number(pathname.slice(1))));
  if (!Number.isInteger(database) || database < 0)
    throw new RedisUrlError('must end with the number of a database, or with nothing after the port');
  if (isCluster && database > 0) throw new RedisUrlError('must not name a database: a cluster has only number 0');
  const { username = '', password = '' } = urls.find((url) => url.password !== '') ?? urls[0] ?? {};
  return {
    isCluster,
    nodes: urls.map(({ hostname, port }) => ({
      host: hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost',
      port: port === '' ? DEFAULT_PORT : Number(port),
    })),
    username: username === '' ? undefined : decodeURIComponent(username),
    password: password === '' ? undefined : decodeURIComponent(password),
    tls: first[1] === 'rediss',
    database,
  };
}

function parse(text: string): URL {
  if (!URL.canParse(text)) throw new RedisUrlError(EXPECTED);
  return new URL(text);
}
