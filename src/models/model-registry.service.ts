import { isDeepStrictEqual } from 'node:util';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { EMBEDDINGS, type Provider, RESPONSES } from '@thriftgate/providers';
import type { ModelCacheRules, RoutingSettings } from '@thriftgate/contracts';
import { GatewayError } from '../common/errors';
import { GatewayConfig } from '../config/gateway-config';
import { ConfigError } from '../config/load-config';
import { unknownProviders } from '../config/provider-settings';
import type { CatalogueModel } from '../pricing/catalogue';
import { PriceBook } from '../pricing/price-book.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import type { DeploymentSettings } from '../database/tables/model-tables';
import type { Deployment, Model, RoutingRules } from './model';
import { modelNotFound, withoutVendor } from './model-names';
import { routingRules } from './routing-rules';
import { targetOf } from './model-target';

/** What administrators set for a model; null: not set. */
export interface AdminSettings {
  deployments: readonly DeploymentSettings[] | null;
  cache: ModelCacheRules | null;
  defaultMaxTokens?: number | null | undefined;
  routing?: RoutingSettings | null | undefined;
}

interface AdminRow extends AdminSettings {
  name: string;
}

/** Where a model's deployments are set. */
export type ModelSource = 'catalogue' | 'gateway.yaml' | 'admin';

/**
 * Every model this gateway serves, by name: those that administrators set, then those of gateway.yaml, then the catalogue
 * models of each provider's vendor. Computed again when the providers are reloaded.
 */
@Injectable()
export class ModelRegistry implements OnModuleInit {
  /** The models of gateway.yaml and the catalogue. */
  private configured: ReadonlyMap<string, Model> = new Map();
  /** The models that administrators set. */
  private adminModels: ReadonlyMap<string, Model> = new Map();
  /** Those with a provider that is switched on. */
  private models: ReadonlyMap<string, Model> = new Map();
  private known: ReadonlyMap<string, Model> = new Map();
  private adminRows: readonly AdminRow[] = [];

  constructor(
    private readonly config: GatewayConfig,
    private readonly providers: ProviderRegistry,
    private readonly priceBook: PriceBook,
  ) {
    this.compute();
    providers.onReload(() => this.compute());
  }

  /** Once the providers are read. @throws ConfigError where a model of gateway.yaml names one that does not exist */
  onModuleInit(): void {
    const problems = unknownProviders(this.config.models, new Set(this.providers.knownNames()));
    if (problems.length > 0) throw new ConfigError(problems);
  }

  /** Replaces what administrators set. */
  replaceAdminModels(rows: readonly AdminRow[]): void {
    this.adminRows = rows;
    this.compute();
  }

  /** @returns undefined if no deployment has a provider, or if only rules are set and the model is not configured */
  preview(name: string, settings: AdminSettings): Model | undefined {
    const { deployments, cache, defaultMaxTokens, routing } = settings;
    const model = deployments === null ? this.configured.get(name) : this.fromSettings(name, deployments);
    if (!model) return undefined;
    return {
      ...model,
      cache: this.cacheRules(name, cache),
      defaultMaxTokens: defaultMaxTokens ?? model.defaultMaxTokens,
      routing: this.routing(name, routing ?? null),
    };
  }

  /** What administrators have set for a model: its name alone where they have set nothing. */
  settingsOf(name: string): { name: string } & Partial<AdminSettings> {
    return this.adminRows.find((each) => each.name === name) ?? { name };
  }

  /** Whether the served model has settings of administrators. */
  hasAdminSettings(name: string): boolean {
    return this.adminModels.has(name);
  }

  /** The model without what administrators set. */
  withoutAdmin(name: string): Model | undefined {
    return this.configured.get(name);
  }

  sourceOf(name: string): ModelSource {
    const row = this.adminRows.find((each) => each.name === name);
    if (row?.deployments && this.adminModels.has(name)) return 'admin';
    return this.config.models[name] ? 'gateway.yaml' : 'catalogue';
  }

  /** The models of administrators and of gateway.yaml with a deployment at a provider; those of the catalogue follow it. */
  usersOf(provider: string): { name: string; source: ModelSource }[] {
    const isUser = (deployments: readonly { provider: string }[]) =>
      deployments.some((each) => each.provider === provider);
    const ofAdmins = this.adminRows.filter(({ deployments }) => isUser(deployments ?? []));
    const inFile = Object.entries(this.config.models).filter(([, { deployments }]) => isUser(deployments));
    return [
      ...ofAdmins.map(({ name }) => ({ name, source: 'admin' as const })),
      ...inFile.map(([name]) => ({ name, source: 'gateway.yaml' as const })),
    ];
  }

  /** A model that is served. */
  resolve(name: string): Model | undefined {
    return this.models.get(name);
  }

  /** A model, also one whose providers are all switched off. */
  resolveKnown(name: string): Model | undefined {
    return this.known.get(name);
  }

  /** The model that a caller means, also by a name with its vendor's prefix. */
  resolveSent(name: string): Model | undefined {
    return this.models.get(name) ?? withoutVendor(name, this.models, this.priceBook.catalogue);
  }

  /** @returns `model_not_found`, with the name that was most likely meant, or the key that is missing */
  notFound(name: string, param = 'model'): GatewayError {
    const known = this.known.get(name);
    if (known && !this.models.has(name)) {
      const providers = [...new Set(known.deployments.map(({ provider }) => provider))].join(', ');
      const message = `The model "${name}" is not served: an administrator has switched its provider off (${providers}).`;
      return new GatewayError('model_not_found', { message, param });
    }
    return modelNotFound(name, this.models, this.priceBook.catalogue, param);
  }

  all(): Model[] {
    return [...this.models.values()];
  }

  /** All models, also those whose providers are all switched off. */
  allKnown(): Model[] {
    return [...this.known.values()];
  }

  private compute(): void {
    this.configured = keepUnchanged(this.configured, [...this.catalogueModels(), ...this.fileModels()]);
    const admin = this.adminRows.flatMap(({ name, ...settings }) => this.preview(name, settings) ?? []);
    this.adminModels = keepUnchanged(this.adminModels, admin);
    this.known = this.adminModels.size === 0 ? this.configured : new Map([...this.configured, ...this.adminModels]);
    const isOff = new Set(this.providers.all().flatMap(({ name, enabled }) => (enabled ? [] : [name])));
    const isServed = ({ deployments }: Model) => deployments.some(({ provider }) => !isOff.has(provider));
    this.models = isOff.size === 0 ? this.known : new Map([...this.known].filter(([, model]) => isServed(model)));
  }

  private catalogueModels(): Model[] {
    const entries = [...this.priceBook.catalogue.values()];
    // Of two that serve the same models, one that is switched off leaves them to the other.
    const providers = this.providers.all().toSorted((a, b) => Number(a.enabled) - Number(b.enabled));
    return providers.flatMap(({ name, catalogueVendor, api }) =>
      entries
        .filter(({ vendor }) => catalogueVendor === '*' || catalogueVendor === vendor)
        .filter(({ mode }) => servesMode(mode, api))
        .map((entry) => {
          const settings = { provider: name, model: entry.upstreamModel, priority: 1, weight: 1 };
          return this.build(entry.name, [this.deployment(entry.name, settings)], entry);
        }),
    );
  }

  private fileModels(): Model[] {
    return Object.entries(this.config.models).flatMap(
      ([name, { deployments }]) => this.fromSettings(name, deployments) ?? [],
    );
  }

  /** @returns undefined if no deployment has a provider */
  private fromSettings(name: string, settings: readonly DeploymentSettings[]): Model | undefined {
    const served = settings.filter(({ provider }) => this.providers.find(provider) !== undefined);
    if (served.length === 0) return undefined;
    const deployments = served.map((each) => this.deployment(name, each));
    deployments.sort((a, b) => a.priority - b.priority);
    const entry = this.priceBook.catalogue.get(deployments[0]?.upstreamModel ?? name);
    return this.build(name, deployments, entry);
  }

  private build(name: string, deployments: Deployment[], entry: CatalogueModel | undefined): Model {
    const family = deployments[0]?.upstreamModel ?? name;
    return {
      name,
      ownedBy: deployments[0]?.provider ?? 'gateway',
      deployments,
      family,
      target: targetOf({ deployments, family }),
      cache: this.cacheRules(name, null),
      mode: entry?.mode,
      maxOutputTokens: entry?.maxOutputTokens,
      maxInputTokens: deployments.length > 1 ? this.mostInputOf(deployments) : entry?.maxInputTokens,
      promptCacheMinTokens: entry?.promptCacheMinTokens,
      defaultMaxTokens: this.config.models[name]?.default_max_tokens,
      routing: this.routing(name, null),
      reasons: entry?.reasons ?? false,
    };
  }

  /** As much as any of the deployments reads; undefined where that of one is unknown. */
  private mostInputOf(deployments: readonly Deployment[]): number | undefined {
    const { catalogue } = this.priceBook;
    const most = Math.max(
      ...deployments.map(({ upstreamModel }) => catalogue.get(upstreamModel)?.maxInputTokens ?? Infinity),
    );
    return most === Infinity ? undefined : most;
  }

  /** What administrators set overrides gateway.yaml, each member for itself. */
  private routing(name: string, adminRouting: RoutingSettings | null): RoutingRules | undefined {
    const settings = this.config.models[name];
    return settings || adminRouting ? routingRules({ ...settings, ...adminRouting }) : undefined;
  }

  /** The administrators' rules override those of gateway.yaml for the model, and these override those for all models. */
  private cacheRules(name: string, adminRules: ModelCacheRules | null): Model['cache'] {
    const rules: ModelCacheRules = { ...this.config.cache.rules, ...this.config.models[name]?.cache, ...adminRules };
    return {
      enabled: rules.enabled,
      ttlSeconds: rules.ttl_seconds ?? this.config.cache.ttlSeconds,
      maxTtlSeconds: rules.max_ttl_seconds,
      shared: rules.shared,
      storeToolCalls: rules.store_tool_calls ?? 'forced',
      replayTokensPerSecond: rules.replay_tokens_per_second,
      ignoreFingerprint: rules.ignore_fingerprint ?? false,
    };
  }

  private deployment(publicName: string, row: DeploymentSettings): Deployment {
    return {
      id: `${row.provider}/${row.model}`,
      publicName,
      provider: row.provider,
      upstreamModel: row.model,
      priority: row.priority,
      weight: row.weight,
      maxParallel: row.max_parallel,
    };
  }
}

/** The endpoints whose models a vendor serves only where it speaks them itself. */
const OWN_ENDPOINT: Readonly<Record<string, string>> = { responses: RESPONSES, embedding: EMBEDDINGS };

/** Whether a vendor's model of a mode can be asked. */
function servesMode(mode: string, api: Provider): boolean {
  const endpoint = OWN_ENDPOINT[mode];
  return mode === 'chat' || (endpoint !== undefined && api.translators[endpoint] !== undefined);
}

/** The models by name. An unchanged model stays the same object, because prices are cached by its deployments. */
function keepUnchanged(old: ReadonlyMap<string, Model>, models: readonly Model[]): Map<string, Model> {
  return new Map(
    models.map((model) => {
      const before = old.get(model.name);
      return [model.name, before && isDeepStrictEqual(before, model) ? before : model];
    }),
  );
}
