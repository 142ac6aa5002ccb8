import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/access.decorators';
import { Readiness } from './readiness.service';

@ApiTags('Health')
@Public()
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @ApiOperation({
    summary: 'Is the process alive?',
    description: 'It is not where this does not answer: start it anew.',
  })
  @ApiOkResponse({ description: 'It is.', standardSchema: contracts.livenessSchema })
  live(): contracts.Liveness {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Should calls be sent here?',
    description:
      'Not while the gateway starts, and from the moment it is told to end. The database or Redis may be away: ' +
      'calls of known keys go through without them, and the answer says which is missing. ' +
      '`simulator: "on"` says that answers of some or all models are made up.',
  })
  @ApiOkResponse({ description: 'Ready.', standardSchema: contracts.readinessSchema })
  @ApiServiceUnavailableResponse({
    description: 'Not ready; `status` says why.',
    standardSchema: contracts.readinessSchema,
    example: { status: 'draining' },
  })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<contracts.ReadinessReport> {
    const report = await this.readiness.report();
    void reply.header('cache-control', 'no-store');
    void reply.status(report.status === 'ok' ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return report;
  }
}
