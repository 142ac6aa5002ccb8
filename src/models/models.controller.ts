import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { messages } from '@thriftgate/providers';
import type { FastifyRequest } from 'fastify';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { formatUsd, type PicoUsd } from '../common/money';
import { Clock } from '../common/clock';
import { PriceBook } from '../pricing/price-book.service';
import { GenerationsService } from './generations.service';
import type { Model } from './model';
import { ModelRegistry } from './model-registry.service';

const ANTHROPIC_VERSION = 'anthropic-version';
const TOKENS_PER_MTOK = 1_000_000n;
const startedAtSeconds = Math.floor(Date.now() / 1000);

@ApiTags('Models')
@ApiBearerAuth()
@ApiErrors('invalid_api_key')
@ApiHeader({
  name: ANTHROPIC_VERSION,
  required: false,
  description: 'Sent by Anthropic’s clients, which get the models in Anthropic’s shape',
})
@Requires('api:use')
@Controller('v1/models')
export class ModelsController {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly generations: GenerationsService,
    private readonly prices: PriceBook,
    private readonly clock: Clock,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the models this key may use',
    description:
      'OpenAI’s list, with prices and the current version under `gateway`; Anthropic’s where the client sends `anthropic-version`.',
  })
  @ApiOkResponse({ description: 'The models.', standardSchema: contracts.modelListSchema })
  list(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
  ): contracts.ModelList | contracts.AnthropicModelList {
    const models = this.registry.all().filter((model) => mayUse(caller, model.name));
    if (isAnthropics(request)) return anthropicList(models);
    return { object: 'list', data: models.map((model) => this.toWire(model, caller)) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a model' })
  @ApiOkResponse({ description: 'The model.', standardSchema: contracts.modelSchema })
  @ApiErrors('model_not_found', 'model_not_allowed')
  get(
    @Param('id') id: string,
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
  ): contracts.ModelObject | contracts.AnthropicModel {
    const model = this.registry.resolveSent(id);
    if (!model) throw this.registry.notFound(id);
    if (!mayUse(caller, model.name)) throw new GatewayError('model_not_allowed', { param: 'model' });
    return isAnthropics(request) ? anthropicModel(model) : this.toWire(model, caller);
  }

  private toWire(model: Model, caller: Caller): contracts.ModelObject {
    const { version, generation } = this.generations.current(model.name);
    const [deployment] = model.deployments;
    const price = deployment && this.prices.of(deployment, caller.teamId, this.clock.now());
    return {
      id: model.name,
      object: 'model',
      created: startedAtSeconds,
      owned_by: model.ownedBy,
      gateway: {
        version,
        generation,
        providers: [...new Set(model.deployments.map(({ provider }) => provider))],
        input_usd_per_mtok: perMtok(price?.inputPusd),
        cached_input_usd_per_mtok: perMtok(price?.cachedInputPusd),
        output_usd_per_mtok: perMtok(price?.outputPusd),
        deprecation_date: (deployment && this.prices.catalogue.get(deployment.upstreamModel)?.retiresOn) ?? null,
        price_estimated: price?.estimated ?? true,
      },
    };
  }
}

/** Whether a client of Anthropic's API asks. */
function isAnthropics({ headers }: FastifyRequest): boolean {
  return headers[ANTHROPIC_VERSION] !== undefined;
}

/** @see https://platform.claude.com/docs/en/api/models-list */
function anthropicList(models: readonly Model[]): contracts.AnthropicModelList {
  const data = models.filter(({ mode }) => mode === undefined || messages.modes.includes(mode)).map(anthropicModel);
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
}

function anthropicModel({ name }: Model): contracts.AnthropicModel {
  const created = new Date(startedAtSeconds * 1000).toISOString();
  return { id: name, type: 'model', display_name: name, created_at: created };
}

function mayUse(caller: Caller, model: string): boolean {
  return caller.models === null || caller.models.includes(model);
}

function perMtok(pusd: PicoUsd | undefined): string {
  return formatUsd((pusd ?? 0n) * TOKENS_PER_MTOK);
}
