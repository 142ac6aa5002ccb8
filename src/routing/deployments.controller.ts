import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Roles } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import type { Deployment } from '../models/model';
import { ModelRegistry } from '../models/model-registry.service';
import { AttemptRunner } from './attempt-runner.service';

@ApiTags('Model settings')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Roles('platform_admin')
@Controller('admin/deployments')
export class DeploymentsController {
  constructor(
    private readonly models: ModelRegistry,
    private readonly runner: AttemptRunner,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Show the state of each deployment',
    description: 'Breakers, running calls and average latencies, as the process that answers sees them.',
  })
  @ApiOkResponse({ description: 'The deployments.', standardSchema: contracts.deploymentStatesSchema })
  list(): contracts.DeploymentStates {
    const names = new Map<string, Set<string>>();
    const deployments = new Map<string, Deployment>();
    for (const { name, deployments: each } of this.models.all())
      for (const deployment of each) {
        deployments.set(deployment.id, deployment);
        names.set(deployment.id, (names.get(deployment.id) ?? new Set()).add(name));
      }
    return { data: [...deployments.values()].map((each) => this.toWire(each, [...(names.get(each.id) ?? [])])) };
  }

  private toWire(deployment: Deployment, models: string[]): contracts.DeploymentStates['data'][number] {
    const { breakers, slots, latencies } = this.runner;
    const opening = breakers.openingOf(deployment);
    const openState = opening && opening.forMs <= 0 ? 'half_open' : 'open';
    const average = (stream: boolean) => Math.round(latencies.of(deployment.id, stream, performance.now())) || null;
    return {
      deployment: deployment.id,
      models,
      breaker: opening ? openState : 'closed',
      reason: opening?.reason ?? null,
      opens_to_calls_in_ms: opening ? Math.ceil(opening.forMs) : null,
      running: slots.running(deployment),
      stream_latency_ms: average(true),
      latency_ms: average(false),
    };
  }
}
