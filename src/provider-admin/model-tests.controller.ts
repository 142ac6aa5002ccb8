import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { type Caller, CurrentCaller } from '../common/caller';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { ModelTests } from './model-tests.service';

@ApiTags('Model settings')
@ApiBearerAuth()
@Requires('models:write')
@Controller('admin/models')
export class ModelTestsController {
  constructor(private readonly tests: ModelTests) {}

  @Post(':model/test')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Test the deployments of a model',
    description:
      'Asks each deployment for a few tokens, apart from the routing. It costs what these calls cost; they are in the ledger with ' +
      'the tag gateway:provider-test, under the caller’s key.',
  })
  @ApiOkResponse({ description: 'The result of each deployment.', standardSchema: contracts.modelTestSchema })
  @ApiErrors('invalid_api_key', 'forbidden', 'model_not_found', 'rate_limit_exceeded', 'budget_exceeded', 'unavailable')
  test(
    @Param('model', { schema: contracts.pathIdSchema }) model: string,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.ModelTest> {
    return this.tests.test(model, caller);
  }
}
