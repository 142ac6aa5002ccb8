import type { UpstreamProxy } from '@thriftgate/providers';
import type { LogLevel } from '../common/runtime/logger';
import { networksOf } from '../common/allowed-networks';
import { type Environment, originsOf } from './environment';
import type { GatewayFile } from './gateway-file';
import { type ProviderSettings, providerSettings } from './provider-settings';

/** All settings, checked, frozen and grouped. Classes that need a setting inject it. */
export class GatewayConfig {
  readonly listen: { readonly host: string; readonly port: number };
  /** The address that people use. */
  readonly publicUrl: string | undefined;
  /** Whether people get the console at `/console`. */
  readonly console: boolean;
  /** Origins whose pages may call `/v1`; `*` stands for all. */
  readonly corsOrigins: readonly string[];
  readonly dataDirectory: string;
  readonly adminKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly previousSecretKey: string | undefined;
  readonly databaseUrl: string | undefined;
  /** Maximum number of connections to PostgreSQL of this process. */
  readonly databasePoolSize: number;
  readonly redisUrl: string | undefined;
  readonly redisTimeoutMs: number;
  /** The Redis of the batch queue, which must not evict. */
  readonly queueRedisUrl: string | undefined;
  readonly logLevel: LogLevel;
  readonly drainTimeoutMs: number;
  readonly upstream: {
    readonly connectTimeoutMs: number;
    readonly firstByteTimeoutMs: number;
    readonly idleTimeoutMs: number;
    readonly totalTimeoutMs: number;
    readonly proxy: UpstreamProxy | undefined;
  };
  readonly cache: {
    readonly memoryBytes: number;
    /** TTL of a response without one from the call or a rule. */
    readonly ttlSeconds: number;
    /** Rules of every model without its own. */
    readonly rules?: Readonly<GatewayFile['cache']>;
  };
  readonly webhooks: { readonly allowPrivate: boolean };
  readonly credits: Readonly<GatewayFile['credits']>;
  readonly alerts: Readonly<GatewayFile['alerts']>;
  readonly drift: { readonly knownDays: number; readonly flappingFingerprints: number };
  readonly journal: { readonly fsync: 'interval' | 'always'; readonly maxBytes: number };
  /** How many whole months ledger rows are kept; undefined keeps them for ever. */
  readonly ledger: { readonly retentionMonths: number | undefined };
  readonly batch: {
    readonly concurrency: number;
    readonly pollIntervalMs: number;
    /** How long a file without an expiry of its own is kept; undefined keeps it until it is deleted. */
    readonly fileExpirySeconds: number | undefined;
  };
  /** Whether the simulator answers only while no provider has a key. */
  readonly simulatorIsAutomatic: boolean;
  /** Private networks, as `10.0.0.0/8`, that providers of administrators may reach. */
  readonly providerNetworks: readonly string[];
  /** By name. Only the registry of providers reads them. */
  readonly providers: Readonly<Record<string, ProviderSettings>>;
  readonly models: Readonly<GatewayFile['models']>;
  readonly prices: Readonly<GatewayFile['prices']>;

  constructor(env: Environment, file: GatewayFile) {
    this.listen = { host: env.HOST, port: env.PORT };
    this.publicUrl = env.PUBLIC_URL;
    this.console = env.CONSOLE === 'on';
    this.corsOrigins = env.CORS_ORIGINS === undefined ? [] : originsOf(env.CORS_ORIGINS);
    this.dataDirectory = env.DATA_DIR;
    this.adminKey = env.ADMIN_KEY;
    this.secretKey = env.SECRET_KEY;
    this.previousSecretKey = env.SECRET_KEY_PREVIOUS;
    this.databaseUrl = env.DATABASE_URL;
    this.databasePoolSize = env.DATABASE_POOL_SIZE;
    this.redisUrl = env.REDIS_URL;
    this.redisTimeoutMs = env.REDIS_TIMEOUT_MS;
    this.queueRedisUrl = env.QUEUE_REDIS_URL ?? env.REDIS_URL;
    this.logLevel = env.LOG_LEVEL;
    this.drainTimeoutMs = env.DRAIN_TIMEOUT_S * 1000;
    this.upstream = {
      connectTimeoutMs: env.UPSTREAM_CONNECT_TIMEOUT_MS,
      firstByteTimeoutMs: env.UPSTREAM_FIRST_BYTE_TIMEOUT_MS,
      idleTimeoutMs: env.UPSTREAM_IDLE_TIMEOUT_MS,
      totalTimeoutMs: env.UPSTREAM_TOTAL_TIMEOUT_MS,
      proxy: proxyOf(env),
    };
    this.cache = {
      memoryBytes: env.CACHE_MEMORY_MB * 1024 * 1024,
      ttlSeconds: file.cache.ttl_seconds ?? DEFAULT_TTL_SECONDS,
      rules: file.cache,
    };
    this.webhooks = { allowPrivate: env.WEBHOOK_ALLOW_PRIVATE };
    this.credits = file.credits;
    this.alerts = file.alerts;
    this.drift = { knownDays: file.drift.known_days, flappingFingerprints: file.drift.flapping_fingerprints };
    this.journal = { fsync: env.JOURNAL_FSYNC, maxBytes: env.JOURNAL_MAX_MB * 1024 * 1024 };
    this.ledger = { retentionMonths: env.LEDGER_RETENTION_MONTHS };
    this.batch = {
      concurrency: env.BATCH_CONCURRENCY,
      pollIntervalMs: env.BATCH_POLL_INTERVAL_MS,
      fileExpirySeconds: env.FILE_EXPIRY_DAYS === 0 ? undefined : env.FILE_EXPIRY_DAYS * DAY_SECONDS,
    };
    this.simulatorIsAutomatic = env.SIMULATOR === 'auto';
    this.providerNetworks = networksOf(env.PROVIDER_ALLOWED_NETWORKS ?? '');
    this.providers = providerSettings(env, file);
    this.models = file.models;
    this.prices = file.prices;
    Object.freeze(this);
  }
}

const DAY_SECONDS = 24 * 3600;
const DEFAULT_TTL_SECONDS = 7 * DAY_SECONDS;

function proxyOf({ HTTPS_PROXY: httpsProxy, HTTP_PROXY: httpProxy, NO_PROXY: noProxy = '' }: Environment) {
  return httpsProxy === undefined && httpProxy === undefined ? undefined : { httpsProxy, httpProxy, noProxy };
}
