import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from './load-config';
import { unknownProviders } from './provider-settings';

describe('the configuration', () => {
  let directory: string;
  beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'thriftgate-config-'))));
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const load = (env: Record<string, string | undefined> = {}, yaml?: string) => {
    if (yaml !== undefined) writeFileSync(join(directory, 'gateway.yaml'), yaml);
    return loadConfig(env, directory);
  };
  const problemsOf = (env: Record<string, string | undefined>, yaml?: string): readonly string[] => {
    try {
      load(env, yaml);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    return [];
  };
  const naming = (...names: string[]) => names.map((name) => expect.stringContaining(name) as string);

  it('needs nothing', () => {
    const config = load();
    expect(config).toMatchObject({
      listen: { host: '127.0.0.1', port: 3000 },
      dataDirectory: join(directory, 'data'),
      logLevel: 'info',
      drainTimeoutMs: 60_000,
      upstream: { connectTimeoutMs: 5_000, firstByteTimeoutMs: 600_000, idleTimeoutMs: 300_000 },
      cache: { ttlSeconds: 604_800 },
      batch: { concurrency: 16, pollIntervalMs: 30_000 },
      models: {},
      prices: {},
    });
    expect(Object.keys(config.providers)).toEqual(['simulator']);
    const { adminKey, secretKey, databaseUrl, redisUrl, queueRedisUrl } = config;
    expect([adminKey, secretKey, databaseUrl, redisUrl, queueRedisUrl]).toEqual(Array(5).fill(undefined));
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('treats an empty variable as unset', () => {
    const names = ['PORT', 'HOST', 'ADMIN_KEY', 'DATABASE_URL', 'REDIS_URL', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'];
    const env = Object.fromEntries(
      [...names, 'GATEWAY_CONFIG', 'LOG_LEVEL'].map((name, index) => [name, index % 2 ? '' : '  ']),
    );
    expect(load(env)).toEqual(load());
  });

  it('C6: reads origins as browsers send them', () => {
    expect(load().corsOrigins).toEqual([]);
    expect(
      load({ CORS_ORIGINS: ' https://App.example:443 ,http://localhost:5173,tauri://localhost,null' }).corsOrigins,
    ).toEqual(['https://app.example', 'http://localhost:5173', 'tauri://localhost', 'null']);
    expect(load({ CORS_ORIGINS: '*' }).corsOrigins).toEqual(['*']);
    for (const wrong of [
      'app.example',
      'https://app.example/',
      'https://app.example/path',
      'https://a,,https://b',
      'https://*.example',
    ]) {
      expect([wrong, ...problemsOf({ CORS_ORIGINS: wrong })]).toEqual([wrong, ...naming('CORS_ORIGINS')]);
    }
  });

  it('trims white space from values', () => {
    const config = load({ OPENAI_API_KEY: 'sk-one\n', ADMIN_KEY: ' sixteen-letters-long \r\n', PORT: ' 80 ' });
    expect([config.providers.openai?.apiKey, config.adminKey, config.listen.port]).toEqual([
      'sk-one',
      'sixteen-letters-long',
      80,
    ]);
  });

  it.each([
    [{ PORT: 'http' }, 'PORT'],
    [{ PORT: '65536' }, 'PORT'],
    [{ PORT: '-1' }, 'PORT'],
    [{ PORT: '80.5' }, 'PORT'],
    [{ ADMIN_KEY: 'short' }, 'ADMIN_KEY'],
    [{ DATABASE_URL: 'mysql://x', SECRET_KEY: 'x'.repeat(16), OPENAI_API_KEY: 'sk-1' }, 'DATABASE_URL'],
    [{ DATABASE_URL: 'postgres://x', OPENAI_API_KEY: 'sk-1' }, 'SECRET_KEY'],
    [{ SIMULATOR: 'maybe' }, 'SIMULATOR'],
    [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL'],
    [{ OPENAI_BASE_URL: 'api.openai.com' }, 'OPENAI_BASE_URL'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
    [{ DRAIN_TIMEOUT_S: '0' }, 'DRAIN_TIMEOUT_S'],
    [{ BATCH_CONCURRENCY: '1.5' }, 'BATCH_CONCURRENCY'],
    [{ GATEWAY_CONFIG: 'nowhere.yaml' }, 'GATEWAY_CONFIG'],
  ])('names the invalid variable in %j', (env, name) => expect(problemsOf(env)).toEqual(naming(`${name}: `)));

  it('names every invalid value at once', () => {
    const yaml = `
      providers: { backup: { type: openai-compatible, base_url: "https://llm.example", api_key: "\${BACKUP_KEY}" } }`;
    const env = { PORT: 'http', ADMIN_KEY: 'short', DATABASE_URL: 'postgres://x' };
    expect(problemsOf(env, yaml)).toEqual(naming('PORT', 'ADMIN_KEY', 'SECRET_KEY', 'BACKUP_KEY'));
    const message = new ConfigError(problemsOf(env, yaml)).message;
    expect(message).toMatch(/^The configuration has 4 errors:\n {2}- PORT: /);
    expect(problemsOf({ PORT: 'x' }, 'modles: {}\nprices: { m: { input_usd_per_mtok: eight } }')).toEqual(
      naming('PORT', 'prices.m.input_usd_per_mtok', 'prices.m.output_usd_per_mtok', 'modles'),
    );
  });

  it.each(['"8,00"', '"-1"', '"1e3"', '-8', '"0.0000001"', '""', '"$8"'])('refuses %s for a price', (price) => {
    expect(problemsOf({}, `prices: { m: { input_usd_per_mtok: ${price}, output_usd_per_mtok: "1" } }`)).toEqual(
      naming('prices.m.input_usd_per_mtok'),
    );
  });

  it.each(['models: [', 'just words', '- a list', 'models: { a: 1 }\nmodels: { a: 2 }'])(
    'names a file that cannot be read: %j',
    (yaml) => expect(problemsOf({}, yaml)).toEqual(naming(join(directory, 'gateway.yaml'))),
  );

  it.each(['', '# nothing but words\n', '{}'])('accepts an empty file: %j', (yaml) => {
    expect(Object.keys(load({}, yaml).providers)).toEqual(['simulator']);
  });

  it('replaces variables by their values, without replacing variables in those', () => {
    const yaml = `
      providers: { backup: { type: openai-compatible, base_url: "https://\${NAME}.example/\${PATH_1}/", api_key: "a-\${KEY}" } }
      models: { m: { deployments: [{ provider: backup, model: "$KEY-\${NAME}" }], version: "\${KEY}" } }`;
    const config = load({ NAME: 'llm', PATH_1: 'v1', KEY: '${NAME}$&' }, yaml);
    expect(config.providers.backup).toMatchObject({ baseUrl: 'https://llm.example/v1', apiKey: 'a-${NAME}$&' });
    expect(config.models.m).toMatchObject({ deployments: [{ model: '$KEY-llm', priority: 1 }], version: '${NAME}$&' });
    expect(Object.keys(config.providers)).toEqual(['backup']);
  });

  it('names the variables of the file that are unset or empty', () => {
    const yaml = 'providers: { b: { type: openai, api_key: "${ONE}${TWO}${ONE}" } }';
    expect(problemsOf({ TWO: '' }, yaml)).toEqual(naming('ONE is not set', 'TWO is not set'));
  });

  it('requires a base URL for an OpenAI-compatible provider, so that its key does not go to OpenAI', () => {
    expect(problemsOf({}, 'providers: { b: { type: openai-compatible, api_key: secret } }')).toEqual(
      naming('providers.b.base_url'),
    );
    const openai = load(
      { OPENAI_BASE_URL: 'https://eu.api.openai.com/v1/' },
      'providers: { b: { type: openai, api_key: x } }',
    );
    expect(openai.providers.b?.baseUrl).toBe('https://eu.api.openai.com/v1');
  });

  it('refuses a base URL with a user name or password, which no request would carry', () => {
    const yaml = (url: string) => `providers: { b: { type: openai-compatible, base_url: "${url}" } }`;
    for (const url of ['https://user:pass@llm.example/v1', 'http://user@10.0.0.1:8000', 'https://:pass@llm.example'])
      expect(problemsOf({ OPENAI_BASE_URL: url }, yaml(url))).toEqual(
        naming('OPENAI_BASE_URL', 'providers.b.base_url'),
      );
    expect(problemsOf({}, yaml('https://llm.example/v1?to=a@b'))).toEqual([]);
  });

  it('leaves providers that models name to the start: administrators may have made them', () => {
    const yaml =
      'models: { m: { deployments: [{ provider: openai, model: x }, { provider: constructor, model: y }] } }';
    const { models } = load({ OPENAI_API_KEY: 'sk-1' }, yaml);
    expect(unknownProviders(models, new Set(['openai']))).toEqual(naming('models.m.deployments.1.provider'));
    expect(unknownProviders(models, new Set(['openai', 'constructor']))).toEqual([]);
  });

  it('takes proxies in upper and in lower case', () => {
    expect(load({}).upstream.proxy).toBeUndefined();
    expect(load({ NO_PROXY: '*' }).upstream.proxy).toBeUndefined();
    const proxies = { HTTPS_PROXY: 'http://proxy:3128', http_proxy: 'http://plain:3128', no_proxy: '.internal' };
    expect(load(proxies).upstream.proxy).toEqual({
      httpsProxy: 'http://proxy:3128',
      httpProxy: 'http://plain:3128',
      noProxy: '.internal',
    });
    expect(problemsOf({ HTTPS_PROXY: 'proxy:3128' })).toEqual(naming('HTTPS_PROXY: must be a URL'));
  });

  it('serves each vendor that has a key', () => {
    const config = load({
      OPENAI_API_KEY: 'sk-1',
      DEEPSEEK_API_KEY: 'sk-2',
      ANTHROPIC_API_KEY: 'sk-3',
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:8080/',
    });
    expect(config.providers).toMatchObject({
      openai: { baseUrl: 'https://api.openai.com/v1', apiKey: 'sk-1', catalogueVendor: 'openai' },
      deepseek: { baseUrl: 'https://api.deepseek.com', apiKey: 'sk-2', catalogueVendor: 'deepseek' },
      anthropic: { baseUrl: 'http://127.0.0.1:8080', apiKey: 'sk-3', catalogueVendor: 'anthropic' },
    });
    expect(Object.keys(config.providers)).toEqual(['openai', 'deepseek', 'anthropic']);
  });

  it('serves the vendors of the environment: by their keys, and servers without a key by their base URLs', () => {
    const keys = { GROQ_API_KEY: 'k', DASHSCOPE_API_KEY: 'k', AZURE_OPENAI_API_KEY: 'k', OLLAMA_API_KEY: 'k' };
    const urls = { AZURE_OPENAI_BASE_URL: 'https://r.openai.azure.com', VLLM_BASE_URL: 'http://10.0.0.1:8000/v1/' };
    expect(load({ ...keys, ...urls }).providers).toMatchObject({
      azure: { type: 'azure', baseUrl: 'https://r.openai.azure.com', apiKey: 'k', catalogueVendor: 'azure' },
      groq: { type: 'groq', baseUrl: 'https://api.groq.com/openai/v1', apiKey: 'k', catalogueVendor: 'groq' },
      dashscope: {
        type: 'dashscope',
        baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
        apiKey: 'k',
        catalogueVendor: 'dashscope',
      },
      ollama: { type: 'ollama', baseUrl: 'http://localhost:11434/v1', apiKey: 'k', catalogueVendor: 'ollama' },
      vllm: { type: 'vllm', baseUrl: 'http://10.0.0.1:8000/v1', apiKey: undefined, catalogueVendor: 'vllm' },
    });
    expect(problemsOf({ AZURE_OPENAI_API_KEY: 'k' })).toEqual(naming('AZURE_OPENAI_BASE_URL: is required beside'));
    expect(Object.keys(load({ GROQ_BASE_URL: 'https://groq.example/v1' }).providers)).toEqual(['simulator']);
  });

  it('needs one line of the file for a vendor, whose base URL it knows', () => {
    const yaml =
      'providers: { fast: { type: groq, api_key: k }, own: { type: ollama }, glm: { type: zai, api_key: k } }';
    const { providers } = load({ ZAI_BASE_URL: 'https://open.bigmodel.cn/api/paas/v4' }, yaml);
    expect(Object.values(providers).map(({ type, baseUrl }) => [type, baseUrl])).toEqual([
      ['groq', 'https://api.groq.com/openai/v1'],
      ['ollama', 'http://localhost:11434/v1'],
      ['zai', 'https://open.bigmodel.cn/api/paas/v4'],
    ]);
    expect(problemsOf({}, 'providers: { a: { type: azure, api_key: k } }')).toEqual(naming('providers.a.base_url'));
    expect(problemsOf({}, 'providers: { a: { type: gorq, api_key: k } }')).toEqual(naming('providers.a.type'));
  });

  it('serves Gemini by a key or by the file, at the vendor’s own URL without a version', () => {
    const config = load({ GEMINI_API_KEY: 'g-1' }, 'providers: { google: { type: gemini, api_key: g-2 } }');
    const baseUrl = 'https://generativelanguage.googleapis.com';
    expect(config.providers).toMatchObject({
      gemini: { source: 'environment', baseUrl, apiKey: 'g-1', catalogueVendor: 'gemini' },
      google: { source: 'gateway.yaml', baseUrl, apiKey: 'g-2', headers: undefined, catalogueVendor: undefined },
    });
  });

  describe('the simulator (N1)', () => {
    const postgres = { DATABASE_URL: 'postgres://x', SECRET_KEY: 'x'.repeat(16) };
    const server = 'providers: { local: { type: openai-compatible, base_url: "http://127.0.0.1:8000/v1" } }';
    const simulator = 'providers: { made-up: { type: simulator } }';
    const providersOf = (env: Record<string, string>, yaml = '') => Object.keys(load(env, yaml).providers);

    it.each([
      [{}, '', ['simulator']],
      [{ SIMULATOR: 'auto' }, '', ['simulator']],
      [{ REDIS_URL: 'redis://x' }, '', ['simulator']],
      [{ SIMULATOR: 'on', OPENAI_API_KEY: 'sk-1' }, '', ['simulator', 'openai']],
      [{ ...postgres, SIMULATOR: 'on' }, '', ['simulator']],
      [{ ...postgres, SIMULATOR: 'on' }, simulator, ['simulator', 'made-up']],
      [{ ...postgres, OPENAI_API_KEY: 'sk-1' }, '', ['openai']],
      [postgres, server, ['local']],
      [{ SIMULATOR: 'off' }, server, ['local']],
      [{ OPENAI_API_KEY: 'sk-1' }, simulator, ['openai', 'made-up']],
      [{}, 'providers: { openai: { type: openai } }', ['simulator', 'openai']],
    ])('is among the providers of %j %s: %j', (env, yaml, names) => expect(providersOf(env, yaml)).toEqual(names));

    it.each([
      [postgres, ''],
      [{ ...postgres, SIMULATOR: 'off' }, ''],
      [{ SIMULATOR: 'off' }, ''],
      [{ ...postgres, OPENAI_API_KEY: ' ' }, 'providers: { openai: { type: openai, api_key: "" } }'],
    ])('is not used in place of a missing provider: %j %s', (env, yaml) =>
      expect(problemsOf(env, yaml)).toEqual([
        expect.stringMatching(/^SIMULATOR: is off.*no provider has a key.*OPENAI/),
      ]),
    );

    it.each([
      { ...postgres, OPENAI_API_KEY: 'sk-1' },
      { SIMULATOR: 'off', OPENAI_API_KEY: 'sk-1' },
    ])('is refused in gateway.yaml while it is off: %j', (env) =>
      expect(problemsOf(env, simulator)).toEqual(naming('providers.made-up.type: ')),
    );

    it('has a reserved name', () => {
      const yaml = server.replace('local', 'simulator');
      expect(problemsOf({}, yaml)).toEqual(naming('providers.simulator: '));
      const declared = load({}, 'providers: { simulator: { type: simulator } }').providers;
      expect(declared).toMatchObject({ simulator: { type: 'simulator', catalogueVendor: '*' } });
    });

    it('may be the provider of a deployment while it is on', () => {
      const yaml = 'models: { m: { deployments: [{ provider: simulator, model: x }] } }';
      const unknownIn = (env: Record<string, string | undefined>) => {
        const { models, providers } = load(env, yaml);
        return unknownProviders(models, new Set(Object.keys(providers)));
      };
      for (const env of [{}, { SIMULATOR: 'on' }]) expect(unknownIn(env)).toEqual([]);
      expect(unknownIn({ OPENAI_API_KEY: 'sk-1' })).toEqual(naming('models.m.deployments.0.provider'));
    });

    it('is not needed by a command that serves no calls', () =>
      expect(() => loadConfig(postgres, directory, { serves: false })).not.toThrow());
  });

  it('uses the Redis of the cache for the queue, unless the queue has a separate one', () => {
    const redis = { REDIS_URL: 'redis://cache' };
    expect(load(redis).queueRedisUrl).toBe('redis://cache');
    expect(load({ ...redis, QUEUE_REDIS_URL: 'rediss://queue' }).queueRedisUrl).toBe('rediss://queue');
  });
});
