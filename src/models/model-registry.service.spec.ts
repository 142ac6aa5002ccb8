import type { Provider } from '@thriftgate/providers';
import type { GatewayConfig } from '../config/gateway-config';
import type { ConfiguredProvider } from '../providers/provider';
import type { ProviderRegistry } from '../providers/provider-registry.service';
import type { CatalogueModel } from '../pricing/catalogue';
import type { PriceBook } from '../pricing/price-book.service';
import { ModelRegistry } from './model-registry.service';

/** Providers that the test replaces: for each name, the vendor whose catalogue models the provider serves. */
class Providers implements Pick<ProviderRegistry, 'find' | 'all' | 'onReload'> {
  private reload: () => void = () => undefined;

  constructor(private vendors: Record<string, string | undefined>) {}

  find(name: string): ConfiguredProvider | undefined {
    return this.all().find((provider) => provider.name === name);
  }

  all(): ConfiguredProvider[] {
    return Object.entries(this.vendors).map(
      ([name, catalogueVendor]) => ({ name, catalogueVendor, enabled: true }) as ConfiguredProvider,
    );
  }

  onReload(listener: () => void) {
    this.reload = listener;
  }

  replaceWith(vendors: Record<string, string | undefined>) {
    this.vendors = vendors;
    this.reload();
  }
}

const entry = (name: string, vendor: string, mode = 'chat') =>
  [name, { name, vendor, upstreamModel: name, mode, maxOutputTokens: 1000 } as CatalogueModel] as const;
const deployment = (provider: string) => ({ provider, model: 'gpt-4.1', priority: 1, weight: 1 });

function registryOver(vendors: Record<string, string | undefined>) {
  const providers = new Providers(vendors);
  const config = {
    models: { resilient: { deployments: [deployment('openai'), { ...deployment('backup'), priority: 2 }] } },
    cache: { ttlSeconds: 60, memoryBytes: 1 },
  } as Partial<GatewayConfig> as GatewayConfig;
  const catalogue = new Map([entry('gpt-4.1', 'openai'), entry('deepseek-chat', 'deepseek')]);
  const registry = new ModelRegistry(
    config,
    providers as Pick<ProviderRegistry, 'find'> as ProviderRegistry,
    { catalogue } as Partial<PriceBook> as PriceBook,
  );
  return { providers, registry };
}

describe('models of the catalogue that are not for chat', () => {
  const catalogue = new Map(['embedding', 'responses', 'music'].map((mode) => entry(mode, 'openai', mode)));
  const served = (...endpoints: string[]) => {
    const api = { translators: Object.fromEntries(endpoints.map((name) => [name, {}])) };
    const provider: Partial<ConfiguredProvider> = {
      name: 'openai',
      enabled: true,
      catalogueVendor: 'openai',
      api: api as Provider,
    };
    const providers = {
      all: () => [provider as ConfiguredProvider],
      find: () => provider as ConfiguredProvider,
      onReload: () => undefined,
    };
    const config = { models: {}, cache: { ttlSeconds: 60 } } as Partial<GatewayConfig> as GatewayConfig;
    const registry = new ModelRegistry(
      config,
      providers as Partial<ProviderRegistry> as ProviderRegistry,
      {
        catalogue,
      } as Partial<PriceBook> as PriceBook,
    );
    return registry.all().map(({ name, mode }) => `${name} ${mode}`);
  };

  it('are served where the vendor speaks their endpoint', () => {
    expect(served('chat.completions')).toEqual([]);
    expect(served('chat.completions', 'embeddings')).toEqual(['embedding embedding']);
    expect(served('responses')).toEqual(['responses responses']);
  });
});

describe('N12: names that callers send', () => {
  const { registry } = registryOver({ openai: 'openai', backup: undefined });

  it('may have their vendor’s prefix', () => {
    const model = registry.resolve('gpt-4.1');
    expect(registry.resolveSent('openai/gpt-4.1')).toBe(model);
    expect(registry.resolveSent('OpenAI/gpt-4.1')).toBe(model);
    expect(registry.resolveSent('azure/gpt-4.1')).toBeUndefined();
    expect(registry.resolve('openai/gpt-4.1')).toBeUndefined();
  });

  it.each([
    ['gpt4.1', 'Did you mean "gpt-4.1"?'],
    ['GPT-4.1', 'Did you mean "gpt-4.1"?'],
    ['azure/gpt-4.1', 'Did you mean "gpt-4.1"?'],
    ['deepseek-chat', 'set DEEPSEEK_API_KEY'],
    ['something/else', 'GET /v1/models lists'],
    ['x'.repeat(5000), 'GET /v1/models lists'],
  ])('are answered where they are unknown: %.20s', (name, advice) => {
    const error = registry.notFound(name);
    expect(error).toMatchObject({ code: 'model_not_found', param: 'model', message: expect.stringContaining(advice) });
    expect(error.message.length).toBeLessThan(500);
  });
});

describe('the models after the providers are reloaded', () => {
  const names = (registry: ModelRegistry) => registry.all().map(({ name }) => name);

  it('are those of the current providers', () => {
    const { providers, registry } = registryOver({ openai: 'openai', backup: undefined });
    expect(names(registry)).toEqual(['gpt-4.1', 'resilient']);
    providers.replaceWith({ openai: 'openai', deepseek: 'deepseek' });
    expect(names(registry)).toEqual(['gpt-4.1', 'deepseek-chat', 'resilient']);
    expect(registry.resolve('resilient')?.deployments.map(({ id }) => id)).toEqual(['openai/gpt-4.1']);
    providers.replaceWith({ deepseek: 'deepseek' });
    expect(names(registry)).toEqual(['deepseek-chat']);
  });

  it('stay the same objects if they have not changed, so that their prices stay cached', () => {
    const { providers, registry } = registryOver({ openai: 'openai', backup: undefined });
    const before = registry.all();
    providers.replaceWith({ openai: 'openai', backup: undefined, deepseek: 'deepseek' });
    for (const model of before) expect(registry.resolve(model.name)).toBe(model);
  });

  it('keep the settings of administrators if a deployment still has a provider', () => {
    const { providers, registry } = registryOver({ openai: 'openai', backup: undefined });
    registry.replaceAdminModels([
      { name: 'ours', deployments: [deployment('backup')], cache: null },
      { name: 'gpt-4.1', deployments: null, cache: { ttl_seconds: 5 } },
    ]);
    expect([registry.sourceOf('ours'), registry.sourceOf('gpt-4.1')]).toEqual(['admin', 'catalogue']);
    providers.replaceWith({ openai: 'openai' });
    expect(registry.resolve('ours')).toBeUndefined();
    expect(registry.resolve('gpt-4.1')?.cache.ttlSeconds).toBe(5);
    providers.replaceWith({ openai: 'openai', backup: undefined });
    expect(registry.resolve('ours')?.deployments[0]?.provider).toBe('backup');
  });
});

describe('A10: how much a model reads', () => {
  const sizes: Record<string, number | undefined> = { short: 200_000, long: 1_000_000, other: undefined };
  const catalogue = new Map(
    Object.entries(sizes).map(([name, maxInputTokens]) => [name, { ...entry(name, 'openai')[1], maxInputTokens }]),
  );

  it.each([
    ['short', 200_000],
    ['short long', 1_000_000],
    ['short long other', undefined],
    ['short unlisted', undefined],
  ])('is as much as any of its deployments does: %s', (names, expected) => {
    const deployments = names.split(' ').map((model, priority) => ({ ...deployment('openai'), model, priority }));
    const registry = new ModelRegistry(
      { models: { mixed: { deployments } }, cache: { ttlSeconds: 60, memoryBytes: 1 } } as unknown as GatewayConfig,
      new Providers({ openai: undefined }) as Pick<ProviderRegistry, 'find'> as ProviderRegistry,
      { catalogue } as Partial<PriceBook> as PriceBook,
    );
    expect(registry.resolveKnown('mixed')?.maxInputTokens).toBe(expected);
  });
});
