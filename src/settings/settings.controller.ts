import { Body, Controller, Get, Put, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { type Actor, ApiIfMatch, CurrentActor, setVersion } from '../audit/seen-version';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { toWire, valuesOf } from './company-settings';
import { SettingsService } from './settings.service';

/** `/admin/settings`: one object for the whole company. */
@ApiTags('Settings')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('settings:read', 'handler')
@Controller('admin/settings')
export class SettingsController {
  constructor(private readonly settings: SettingsService) {}

  @Get()
  @ApiOperation({
    summary: 'Show the settings',
    description:
      'The time zone of the company, and the currency that the console shows amounts in. Every role may read them.',
  })
  @ApiOkResponse({ description: 'The settings.', standardSchema: contracts.settingsSchema })
  get(@Res({ passthrough: true }) reply: FastifyReply): contracts.Settings {
    const settings = this.settings.current();
    setVersion(reply, { ...valuesOf(settings) });
    return toWire(settings);
  }

  @Put()
  @ApiIfMatch()
  @Requires('settings:write')
  @ApiOperation({
    summary: 'Replace the settings',
    description: 'The whole object, at once; on other replicas within a second. Budgets keep their own time zones.',
  })
  @ApiOkResponse({ description: 'The settings.', standardSchema: contracts.settingsSchema })
  @ApiErrors('invalid_request')
  async replace(
    @Body({ schema: contracts.putSettingsSchema }) body: contracts.PutSettings,
    @CurrentActor() actor: Actor,
  ): Promise<contracts.Settings> {
    return toWire(await this.settings.replace(body, actor));
  }
}
