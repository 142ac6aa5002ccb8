import { ENVIRONMENT_VENDORS, type KeyVariable, type UrlVariable } from '@thriftgate/providers';
import { z } from 'zod';
import { networkProblem, networksOf } from '../common/allowed-networks';
import { readRedisUrl } from './redis/redis-url';

const port = z.coerce.number().int().min(0).max(65535);
const positive = (fallback: number) => z.coerce.number().int().positive().default(fallback);
const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });
const http = url('http:', 'https:');
const redis = z.string().superRefine((value, context) => {
  try {
    readRedisUrl(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
  }
});
const ORIGIN = /^(\*|null|[a-z][a-z0-9+.-]*:\/\/[^\s/?#@,*]+)$/;
const origins = z.string().refine((value) => originsOf(value).every((origin) => ORIGIN.test(origin)), {
  message: 'must be origins with commas between them, as https://app.example, without a path; or *',
});
const networks = z.string().superRefine((value, context) => {
  for (const network of networksOf(value).filter((each) => networkProblem(each) !== undefined))
    context.addIssue({ code: 'custom', message: `"${network}" ${networkProblem(network)}` });
});
const secret = z.string().min(16, 'must have at least 16 characters');

/** The origins of `CORS_ORIGINS` as browsers send them: lower case, without the port that is usual. */
export function originsOf(value: string): string[] {
  const given = value.split(',').map((origin) => origin.trim().toLowerCase());
  return given.map((origin) =>
    /^https?:\/\/[^/?#@]+$/.test(origin) && URL.canParse(origin) ? new URL(origin).origin : origin,
  );
}

type VendorVariables = Record<KeyVariable | UrlVariable, z.ZodType<string | undefined>>;
/** The keys and base URLs of vendors. A server without a key has no default: its base URL says that it is there. */
const vendorVariables = Object.fromEntries<z.ZodType<string | undefined>>(
  ENVIRONMENT_VENDORS.flatMap(({ vendor: { baseUrl, keyless }, keyVariable, urlVariable }) => [
    [keyVariable, z.string().optional()],
    [urlVariable, baseUrl === undefined || keyless ? http.optional() : http.default(baseUrl)],
  ]),
) as VendorVariables;

/** Every environment variable that the gateway reads. An empty value counts as not set. */
export const environmentSchema = z
  .object({
    PORT: port.default(3000),
    HOST: z.string().default('127.0.0.1'),
    PUBLIC_URL: http.optional(),
    CORS_ORIGINS: origins.optional(),
    DATA_DIR: z.string().default('./data'),
    ADMIN_KEY: secret.optional(),
    SECRET_KEY: secret.optional(),
    SECRET_KEY_PREVIOUS: secret.optional(),
    CONSOLE: z.enum(['on', 'off']).default('on'),
    SIMULATOR: z.enum(['auto', 'on', 'off']).default('auto'),
    DATABASE_URL: url('postgres:', 'postgresql:').optional(),
    DATABASE_POOL_SIZE: positive(10),
    REDIS_URL: redis.optional(),
    REDIS_TIMEOUT_MS: positive(50),
    QUEUE_REDIS_URL: redis.optional(),
    GATEWAY_CONFIG: z.string().optional(),
    ...vendorVariables,
    HTTPS_PROXY: http.optional(),
    HTTP_PROXY: http.optional(),
    NO_PROXY: z.string().optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    DRAIN_TIMEOUT_S: positive(60),
    UPSTREAM_CONNECT_TIMEOUT_MS: positive(5_000),
    UPSTREAM_FIRST_BYTE_TIMEOUT_MS: positive(600_000),
    UPSTREAM_IDLE_TIMEOUT_MS: positive(300_000),
    UPSTREAM_TOTAL_TIMEOUT_MS: positive(3_600_000),
    CACHE_MEMORY_MB: positive(32),
    WEBHOOK_ALLOW_PRIVATE: z.stringbool().default(false),
    PROVIDER_ALLOWED_NETWORKS: networks.optional(),
    BATCH_CONCURRENCY: positive(16),
    BATCH_POLL_INTERVAL_MS: positive(30_000),
    FILE_EXPIRY_DAYS: z.coerce.number().int().min(0).max(3_650).default(30),
    JOURNAL_FSYNC: z.enum(['interval', 'always']).default('interval'),
    JOURNAL_MAX_MB: positive(4096),
    LEDGER_RETENTION_MONTHS: z.coerce.number().int().positive().optional(),
  })
  .refine((env) => env.DATABASE_URL === undefined || env.SECRET_KEY !== undefined, {
    path: ['SECRET_KEY'],
    message: 'is required when DATABASE_URL is set, and must be the same for every process that uses the database',
    // Checked even if other variables are invalid, so that one error names all problems.
    when: () => true,
  });

export type Environment = z.output<typeof environmentSchema>;
