import { Body, Controller, Get, Put, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller } from '../common/caller';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { MeService } from './me.service';

@ApiTags('Me')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('self:read', 'handler')
@Controller('admin/me')
export class MeController {
  constructor(private readonly me: MeService) {}

  @Get()
  @ApiOperation({
    summary: 'Show who the caller is',
    description: 'The key of the request or of its session, its role and permissions, and what the person has chosen.',
  })
  @ApiOkResponse({ description: 'The caller.', standardSchema: contracts.adminMeSchema })
  show(@CurrentCaller() caller: Caller, @Req() request: FastifyRequest): Promise<contracts.AdminMe> {
    const { sessionId: id, sessionEndsAt: endsAt } = request;
    return this.me.show(caller, id !== undefined && endsAt ? { id, endsAt } : undefined);
  }

  @Put('preferences')
  @Requires('self:write', 'handler')
  @ApiOperation({
    summary: 'Choose preferences',
    description: 'The whole object. It is kept for the key that the person signs in with.',
  })
  @ApiOkResponse({ description: 'The preferences.', standardSchema: contracts.preferencesSchema })
  @ApiErrors('invalid_request')
  choose(
    @Body({ schema: contracts.preferencesSchema }) body: contracts.Preferences,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Preferences> {
    return this.me.choose(caller, body);
  }
}
