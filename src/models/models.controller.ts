import { Controller, Get, Param } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { formatUsd, type PicoUsd } from '../common/money';
import { Clock } from '../common/clock';
import { PriceBook } from '../pricing/price-book.service';
import { GenerationsService } from './generations.service';
import type { Model } from './model';
import { ModelRegistry } from './model-registry.service';

const TOKENS_PER_MTOK = 1_000_000n;
const startedAtSeconds = Math.floor(Date.now() / 1000);

@ApiTags('Models')
@ApiBearerAuth()
@ApiErrors('invalid_api_key')
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
    description: 'OpenAI’s list, with prices and the current version under `gateway`.',
  })
  @ApiOkResponse({ description: 'The models.', standardSchema: contracts.modelListSchema })
  list(@CurrentCaller() caller: Caller): contracts.ModelList {
    const models = this.registry.all().filter((model) => mayUse(caller, model.name));
    return { object: 'list', data: models.map((model) => this.toWire(model, caller)) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a model' })
  @ApiOkResponse({ description: 'The model.', standardSchema: contracts.modelSchema })
  @ApiErrors('model_not_found', 'model_not_allowed')
  get(@Param('id') id: string, @CurrentCaller() caller: Caller): contracts.ModelObject {
    const model = this.registry.resolveSent(id);
    if (!model) throw this.registry.notFound(id);
    if (!mayUse(caller, model.name)) throw new GatewayError('model_not_allowed', { param: 'model' });
    return this.toWire(model, caller);
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
        price_estimated: price?.estimated ?? true,
      },
    };
  }
}

function mayUse(caller: Caller, model: string): boolean {
  return caller.models === null || caller.models.includes(model);
}

function perMtok(pusd: PicoUsd | undefined): string {
  return formatUsd((pusd ?? 0n) * TOKENS_PER_MTOK);
}
