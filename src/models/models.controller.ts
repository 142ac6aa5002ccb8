import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { messages } from '@thriftgate/providers';
import type { FastifyRequest } from 'fastify';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { mayUse, ModelViews, startedAtSeconds } from './model-views.service';
import type { Model } from './model';
import { ModelRegistry } from './model-registry.service';

const ANTHROPIC_VERSION = 'anthropic-version';

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
    private readonly views: ModelViews,
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
    if (!isAnthropics(request)) return this.views.list(caller);
    return anthropicList(this.registry.all().filter((model) => mayUse(caller, model.name)));
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
    return isAnthropics(request) ? anthropicModel(model) : this.views.of(model, caller);
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
