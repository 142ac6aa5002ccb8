import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { DeploymentHealth } from './health/deployment-health.service';
import { DeploymentStates } from './deployment-states.service';

@ApiTags('Model settings')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('models:read')
@Controller('admin/deployments')
export class DeploymentsController {
  constructor(
    private readonly states: DeploymentStates,
    private readonly health: DeploymentHealth,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Show the state of each deployment',
    description:
      'Breakers, running calls and average latencies, as the process that answers sees them. Under `health`, how the attempts of ' +
      'all replicas ended in the last 5 minutes, hour and 24 hours.',
  })
  @ApiOkResponse({ description: 'The deployments.', standardSchema: contracts.deploymentStatesSchema })
  async list(): Promise<contracts.DeploymentStates> {
    return { data: this.states.all(await this.health.read()) };
  }
}
