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
    description: 'A process that does not respond here must be restarted.',
  })
  @ApiOkResponse({ description: 'It is.', standardSchema: contracts.livenessSchema })
  live(): contracts.Liveness {
    return { status: 'ok' };
  }

  @Get('ready')
  @ApiOperation({
    summary: 'Should calls be sent here?',
    description:
      'No during the start and after SIGTERM. Yes while the database or Redis is away: ' +
      'calls with known keys work without them, and the response names the missing one. ' +
      '`simulator: "on"` means that the simulator makes up the responses of some or all models.',
  })
  @ApiOkResponse({ description: 'Ready.', standardSchema: contracts.readinessSchema })
  @ApiServiceUnavailableResponse({
    description: 'Not ready; `status` gives the reason.',
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
