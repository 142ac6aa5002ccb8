import { Body, Controller, Param, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { GenerationsService } from './generations.service';
import { ModelRegistry } from './model-registry.service';

@ApiTags('Model settings')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('models:read')
@Controller('admin/models')
export class ModelVersionsController {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly generations: GenerationsService,
  ) {}

  @Put(':model/version')
  @Requires('models:write')
  @ApiOperation({
    summary: 'Declare a model’s version',
    description:
      'A new version starts a new cache generation: stored responses of the old version are not served again. Declaring ' +
      'the same version again changes nothing.',
  })
  @ApiOkResponse({
    description: 'The version and the generation in force.',
    standardSchema: contracts.modelVersionSchema,
  })
  @ApiErrors('invalid_request', 'model_not_found')
  async setVersion(
    @Param('model') model: string,
    @Body({ schema: contracts.setModelVersionSchema }) body: contracts.SetModelVersion,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.ModelVersion> {
    if (!this.registry.resolve(model)) throw this.registry.notFound(model);
    return this.generations.declareVersion(model, body.version, caller.keyId);
  }
}
