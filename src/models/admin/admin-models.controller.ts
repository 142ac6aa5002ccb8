import { Body, Controller, Delete, Get, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { type Actor, ApiIfMatch, CurrentActor, setVersion } from '../../audit/seen-version';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { Clock } from '../../common/clock';
import { type Caller, CurrentCaller } from '../../common/caller';
import { PriceBook } from '../../pricing/price-book.service';
import { unknownPriceWarning } from '../../pricing/unknown-price';
import { GenerationsService } from '../generations.service';
import { DEFAULT_ROUTING, type Model } from '../model';
import { ModelRegistry } from '../model-registry.service';
import { routingAfter, routingToWire } from '../routing-rules';
import { AdminModelsService } from './admin-models.service';

/** Prices of no team in particular. */
const ALL_TEAMS = '';

@ApiTags('Model settings')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('models:read')
@Controller('admin/models')
export class AdminModelsController {
  constructor(
    private readonly models: AdminModelsService,
    private readonly registry: ModelRegistry,
    private readonly generations: GenerationsService,
    private readonly prices: PriceBook,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the models with their deployments',
    description: 'For each: where it is set, its version, its cache generation and the cache rules in force.',
  })
  @ApiOkResponse({ description: 'The models.', standardSchema: contracts.adminModelListSchema })
  list(): contracts.AdminModelList {
    return { data: this.registry.allKnown().map((model) => this.toWire(model)) };
  }

  @Get(':model')
  @ApiOperation({ summary: 'Show a model', description: 'As the list of models shows it.' })
  @ApiOkResponse({ description: 'The model.', standardSchema: contracts.adminModelSchema })
  @ApiErrors('model_not_found')
  get(@Param('model') name: string, @Res({ passthrough: true }) reply: FastifyReply): contracts.AdminModel {
    const model = this.registry.resolveKnown(name);
    if (!model) throw this.registry.notFound(name);
    setVersion(reply, this.registry.settingsOf(name));
    return this.toWire(model);
  }

  @Post()
  @Requires('models:write')
  @ApiOperation({
    summary: 'Add a model',
    description: 'A name that applications use, and the deployments behind it. In force on every replica at once.',
  })
  @ApiCreatedResponse({ description: 'The model.', standardSchema: contracts.changedModelSchema })
  @ApiErrors('invalid_request', 'conflict')
  async create(
    @Body({ schema: contracts.createModelSchema }) body: contracts.CreateModel,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.ChangedModel> {
    const { name, deployments, cache = null, default_max_tokens: defaultMaxTokens = null, ...routing } = body;
    const settings = { deployments, cache, defaultMaxTokens, routing: routingAfter(null, routing) };
    return this.changed(await this.models.create(name, settings, caller.keyId));
  }

  @Patch(':model')
  @ApiIfMatch()
  @Requires('models:write')
  @ApiOperation({
    summary: 'Change the deployments, the routing or the cache rules of a model',
    description:
      'Overrides gateway.yaml and the catalogue until it is deleted. Stored responses belong to their target, the deployments ' +
      'that write them: those of the old one are not served until it is in force again. New weights, limits, cache rules or ' +
      'fallbacks to other models keep the target; new cache rules apply to stored responses too. Each member of the ' +
      'routing overrides gateway.yaml for itself.',
  })
  @ApiOkResponse({ description: 'The model.', standardSchema: contracts.changedModelSchema })
  @ApiErrors('invalid_request', 'model_not_found')
  async update(
    @Param('model') model: string,
    @Body({ schema: contracts.updateModelSchema }) body: contracts.UpdateModel,
    @CurrentActor() actor: Actor,
  ): Promise<contracts.ChangedModel> {
    const { deployments, cache, default_max_tokens: defaultMaxTokens, ...routing } = body;
    const changes = { deployments, cache, defaultMaxTokens, routing };
    return this.changed(await this.models.update(model, changes, actor));
  }

  @Delete(':model')
  @ApiIfMatch()
  @Requires('models:write')
  @ApiOperation({
    summary: 'Delete the settings of a model',
    description: 'The model of gateway.yaml or the catalogue is in force again.',
  })
  @ApiOkResponse({ description: 'The settings are deleted.', standardSchema: contracts.deletedSchema })
  @ApiErrors('model_not_found', 'conflict')
  async delete(@Param('model') model: string, @CurrentActor() actor: Actor): Promise<contracts.Deleted> {
    await this.models.delete(model, actor);
    return { id: model, deleted: true };
  }

  private changed(model: Model): contracts.ChangedModel {
    const nowMs = this.clock.now();
    const warnings = model.deployments.flatMap(
      (each) => unknownPriceWarning(each, this.prices.of(each, ALL_TEAMS, nowMs)) ?? [],
    );
    return { ...this.toWire(model), warnings };
  }

  private toWire({ name, deployments, cache, defaultMaxTokens, routing }: Model): contracts.AdminModel {
    const { version, generation } = this.generations.current(name);
    return {
      name,
      source: this.registry.sourceOf(name),
      served: this.registry.resolve(name) !== undefined,
      deployments: deployments.map((each) => ({
        provider: each.provider,
        model: each.upstreamModel,
        priority: each.priority,
        weight: each.weight,
        max_parallel: each.maxParallel ?? null,
      })),
      version,
      generation,
      ...routingToWire(routing ?? DEFAULT_ROUTING),
      default_max_tokens: defaultMaxTokens ?? null,
      cache: {
        enabled: cache.enabled ?? true,
        ttl_seconds: cache.ttlSeconds,
        max_ttl_seconds: cache.maxTtlSeconds ?? null,
        shared: cache.shared ?? true,
        store_tool_calls: cache.storeToolCalls,
        replay_tokens_per_second: cache.replayTokensPerSecond ?? null,
        ignore_fingerprint: cache.ignoreFingerprint,
      },
    };
  }
}
