import type { LogLevel } from '../common/runtime/logger';
import { type Environment, UNSUPPORTED_VENDOR_KEYS } from './environment';
import type { GatewayFile } from './gateway-file';

/** A vendor's API, or anything that speaks OpenAI's. */
export interface ProviderConfig {
  type: 'openai' | 'openai-compatible' | 'simulator';
  /** With the version prefix (`/v1`), without a trailing slash. */
  baseUrl: string;
  apiKey: string | undefined;
  /** Which vendor's catalogue models are served under their own names; undefined for providers of gateway.yaml. */
  catalogueVendor: string | undefined;
}

/** All settings, checked, frozen and grouped. The one thing that is injected where a setting is needed. */
export class GatewayConfig {
  readonly listen: { readonly host: string; readonly port: number };
  readonly dataDirectory: string;
  readonly adminKey: string | undefined;
  readonly secretKey: string | undefined;
  readonly databaseUrl: string | undefined;
  /** How many connections to PostgreSQL this process opens at most. */
  readonly databasePoolSize: number;
  readonly redisUrl: string | undefined;
  readonly redisTimeoutMs: number;
  /** Where the batch queue lives: a Redis that never evicts. */
  readonly queueRedisUrl: string | undefined;
  readonly logLevel: LogLevel;
  readonly drainTimeoutMs: number;
  readonly upstream: {
    readonly connectTimeoutMs: number;
    readonly firstByteTimeoutMs: number;
    readonly idleTimeoutMs: number;
  };
  readonly cache: {
    readonly memoryBytes: number;
    /** How long an answer is kept where nobody says. */
    readonly ttlSeconds: number;
    /** For every model that does not say otherwise. */
    readonly rules?: Readonly<GatewayFile['cache']>;
  };
  readonly webhooks: { readonly allowPrivate: boolean };
  readonly credits: Readonly<GatewayFile['credits']>;
  readonly alerts: Readonly<GatewayFile['alerts']>;
  readonly drift: { readonly knownDays: number; readonly flappingFingerprints: number };
  readonly journal: { readonly fsync: 'interval' | 'always'; readonly maxBytes: number };
  /** How many whole months the ledger's rows are kept; undefined is for ever. */
  readonly ledger: { readonly retentionMonths: number | undefined };
  readonly batch: { readonly concurrency: number };
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  readonly models: Readonly<GatewayFile['models']>;
  readonly prices: Readonly<GatewayFile['prices']>;
  /** True while there is no real provider and the simulator answers. */
  readonly simulated: boolean;
  /** Keys of vendors whose own API this version does not speak: said at start, never ignored in silence. */
  readonly unusedVendorKeys: readonly string[];

  constructor(env: Environment, file: GatewayFile) {
    this.unusedVendorKeys = UNSUPPORTED_VENDOR_KEYS.filter((name) => env[name]);
    this.listen = { host: env.HOST, port: env.PORT };
    this.dataDirectory = env.DATA_DIR;
    this.adminKey = env.ADMIN_KEY;
    this.secretKey = env.SECRET_KEY;
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
    this.batch = { concurrency: env.BATCH_CONCURRENCY };
    const real = realProviders(env, file);
    this.simulated = !Object.values(real).some((provider) => provider.type !== 'simulator');
    this.providers = this.simulated ? { ...real, simulator: SIMULATOR } : real;
    this.models = file.models;
    this.prices = file.prices;
    Object.freeze(this);
  }
}

const DEFAULT_TTL_SECONDS = 7 * 24 * 3600;

const SIMULATOR: ProviderConfig = {
  type: 'simulator',
  baseUrl: 'http://simulator/v1',
  apiKey: undefined,
  catalogueVendor: '*',
};

function realProviders(env: Environment, file: GatewayFile): Record<string, ProviderConfig> {
  const providers: Record<string, ProviderConfig> = {};
  const add = (name: string, apiKey: string | undefined, baseUrl: string) => {
    if (!apiKey) return;
    providers[name] = { type: 'openai', baseUrl: trimSlash(baseUrl), apiKey, catalogueVendor: name };
  };
  add('openai', env.OPENAI_API_KEY, env.OPENAI_BASE_URL);
  add('deepseek', env.DEEPSEEK_API_KEY, env.DEEPSEEK_BASE_URL);
  for (const [name, provider] of Object.entries(file.providers)) {
    providers[name] = {
      type: provider.type,
      baseUrl: trimSlash(
        provider.base_url ?? (provider.type === 'simulator' ? SIMULATOR.baseUrl : env.OPENAI_BASE_URL),
      ),
      apiKey: provider.api_key === '' ? undefined : provider.api_key,
      catalogueVendor: providers[name]?.catalogueVendor,
    };
  }
  return providers;
}

function trimSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
