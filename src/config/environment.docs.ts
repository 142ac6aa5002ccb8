import { ENVIRONMENT_VENDORS, type KeyVariable, type UrlVariable } from '@thriftgate/providers';
import type { Environment } from './environment';

const vendorMeanings = Object.fromEntries(
  ENVIRONMENT_VENDORS.flatMap(({ vendor: { label, keyless }, keyVariable, urlVariable }) => [
    [keyVariable, keyless ? `key of ${label}, if it needs one` : `serves the catalogue's models of ${label}`],
    [urlVariable, keyless ? `base URL of ${label}; adds it as a provider, also without a key` : `base URL of ${label}`],
  ]),
) as Record<KeyVariable | UrlVariable, string>;

/** The meaning of each environment variable. `npm run docs` writes it, with the default from the schema, to docs/settings.md. */
export const SETTING_MEANINGS: Record<keyof Environment, string> = {
  PORT: 'port to listen on; 0 takes a free one',
  HOST: 'address to listen on; `0.0.0.0` in the container image',
  PUBLIC_URL:
    'the address that people use, as `https://llm.example.com`; needed to sign in from anywhere but 127.0.0.1; `http://…` allows sign-in over plain HTTP',
  CORS_ORIGINS:
    'origins whose pages may call `/v1` from a browser, with commas between them, or `*` for all; without it, none may',
  DATA_DIR: 'directory of the journal, the embedded database and the lock; one process at a time',
  ADMIN_KEY:
    "the administrator's key, at least 16 characters; without it the first start generates one and prints it once",
  SECRET_KEY:
    'secret of at least 16 characters: keys the HMAC of API keys, encrypts the keys of providers and the secrets of webhooks; the same on every replica, required with `DATABASE_URL`; without it the first start generates one in `DATA_DIR`',
  SECRET_KEY_PREVIOUS:
    'the SECRET_KEY before this one, while it is [changed](operations.md#another-secret_key): what was made under it still works',
  CONSOLE: '`off` serves neither the [console](console.md) at `/console` nor the way to it at `/`',
  SIMULATOR:
    '`on`, `off`; `auto`: on without a provider’s key and without `DATABASE_URL`. With `DATABASE_URL` and neither a key nor `on` the gateway exits with code 78',
  DATABASE_URL: 'PostgreSQL in place of the embedded database',
  DATABASE_POOL_SIZE: 'maximum number of connections to PostgreSQL per process',
  REDIS_URL:
    'Redis for cache, rate limits, change feed and batch queue; a cluster as `redis+cluster://…` or as several URLs with commas',
  REDIS_TIMEOUT_MS: 'how long a call waits for Redis before it continues without it',
  QUEUE_REDIS_URL: 'separate Redis for the batch queue, which must not evict; without it the queue uses `REDIS_URL`',
  GATEWAY_CONFIG: 'path of the configuration file; without it `./gateway.yaml` is read if it exists',
  ...vendorMeanings,
  HTTPS_PROXY: 'proxy for upstreams with https, as `http://user:password@proxy:3128`; also in lower case',
  HTTP_PROXY: 'proxy for upstreams with http, and with https where `HTTPS_PROXY` is not set; also in lower case',
  NO_PROXY: 'hosts that are asked without a proxy, with commas: `10.0.0.7,.internal.example`; `*` for all',
  LOG_LEVEL: 'lowest level that is logged',
  DRAIN_TIMEOUT_S: 'how long running calls may take to end after SIGTERM',
  UPSTREAM_CONNECT_TIMEOUT_MS: 'time for TCP and TLS to an upstream',
  UPSTREAM_FIRST_BYTE_TIMEOUT_MS: "time from the request to the upstream's response headers",
  UPSTREAM_IDLE_TIMEOUT_MS: "time between two chunks of an upstream's response",
  UPSTREAM_TOTAL_TIMEOUT_MS: "time from an attempt's request to the end of the upstream's response",
  CACHE_MEMORY_MB: 'size of the response cache in memory',
  WEBHOOK_ALLOW_PRIVATE: 'lets webhooks reach private addresses',
  PROVIDER_ALLOWED_NETWORKS:
    'private networks that [providers of `/admin/providers`](providers.md#at-runtime) may reach, with commas: `10.1.0.0/16,127.0.0.1`; those of the environment and of `gateway.yaml` reach all',
  BATCH_CONCURRENCY: 'maximum number of batch lines that run at once in this process',
  BATCH_POLL_INTERVAL_MS: "how often a vendor's batch is asked for its state at first; backs off to ten times as long",
  FILE_EXPIRY_DAYS: 'days until input and result files of batches are deleted that name no expiry; `0` keeps them',
  JOURNAL_FSYNC: '`always` waits for the disk with each write; `interval` flushes every 200 ms',
  JOURNAL_MAX_MB: 'size of the journal while the database is away; beyond it calls get 503',
  LEDGER_RETENTION_MONTHS: 'whole months of ledger rows to keep; without it rows stay; sums always stay',
};
