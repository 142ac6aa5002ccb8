import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { type Actor, ApiIfMatch, CurrentActor, setVersion } from '../audit/seen-version';
import { type Caller, CurrentCaller } from '../common/caller';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { ProviderTestsService } from './provider-tests.service';
import { ProviderViews } from './provider-views.service';
import { ProviderSettingsService } from './provider-settings.service';
import { ProviderKeysService } from './provider-keys.service';
import type { ProviderInForce } from '../providers/providers-in-force';
import { versionedProvider } from '../providers/stored-provider';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Providers')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('providers:read')
@Controller('admin/providers')
export class ProvidersController {
  constructor(
    private readonly settings: ProviderSettingsService,
    private readonly keys: ProviderKeysService,
    private readonly tests: ProviderTestsService,
    private readonly views: ProviderViews,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the providers',
    description:
      'Of the environment, of gateway.yaml and of administrators, with their keys and the state of their deployments.',
  })
  @ApiOkResponse({ description: 'The providers.', standardSchema: contracts.providerListSchema })
  async list(): Promise<contracts.ProviderList> {
    return { data: await this.views.all() };
  }

  @Get(':provider')
  @ApiOperation({ summary: 'Show a provider' })
  @ApiOkResponse({ description: 'The provider.', standardSchema: contracts.providerSchema })
  @ApiErrors('not_found')
  get(
    @Param('provider', PATH_ID) provider: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.Provider> {
    const settings = this.settings.get(provider);
    setVersion(reply, versioned(settings));
    return this.views.of(settings);
  }

  @Post()
  @Requires('providers:write')
  @ApiOperation({
    summary: 'Add a provider',
    description: 'In force on every replica at once. Keys are stored encrypted and never shown.',
  })
  @ApiCreatedResponse({ description: 'The provider.', standardSchema: contracts.providerSchema })
  @ApiErrors('invalid_request', 'conflict')
  async create(
    @Body({ schema: contracts.createProviderSchema }) body: contracts.CreateProvider,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Provider> {
    return this.views.of(await this.settings.create(body, caller.keyId));
  }

  @Patch(':provider')
  @ApiIfMatch()
  @Requires('providers:write')
  @ApiOperation({
    summary: 'Change a provider, or switch it off or on',
    description:
      'Running calls end on what they began with. Switched off, it gets no calls: others take them, and a model without another ' +
      'deployment is a 404. Switched on again, its breakers are closed.',
  })
  @ApiOkResponse({ description: 'The provider.', standardSchema: contracts.providerSchema })
  @ApiErrors('invalid_request', 'not_found', 'conflict')
  async update(
    @Param('provider', PATH_ID) provider: string,
    @Body({ schema: contracts.updateProviderSchema }) body: contracts.UpdateProvider,
    @CurrentActor() actor: Actor,
  ): Promise<contracts.Provider> {
    return this.views.of(await this.settings.update(provider, body, actor));
  }

  @Delete(':provider')
  @ApiIfMatch()
  @Requires('providers:write')
  @ApiOperation({
    summary: 'Delete a provider',
    description: 'With all its keys, also those of teams. A 409 while models of `/admin/models` use it.',
  })
  @ApiOkResponse({ description: 'The provider is deleted.', standardSchema: contracts.deletedSchema })
  @ApiErrors('not_found', 'conflict')
  async delete(@Param('provider', PATH_ID) provider: string, @CurrentActor() actor: Actor): Promise<contracts.Deleted> {
    await this.settings.delete(provider, actor);
    return { id: provider, deleted: true };
  }

  @Post(':provider/test')
  @Requires('providers:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Test a provider',
    description: 'Reads its list of models, or asks a model for a few tokens. Also where it is switched off.',
  })
  @ApiBody({ required: false })
  @ApiOkResponse({ description: 'The result of the test.', standardSchema: contracts.providerTestSchema })
  @ApiErrors('invalid_request', 'not_found', 'rate_limit_exceeded', 'budget_exceeded', 'unavailable')
  test(
    @Param('provider', PATH_ID) provider: string,
    @Body({ schema: contracts.testProviderSchema }) body: contracts.TestProvider,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.ProviderTest> {
    return this.tests.test(provider, body, caller);
  }

  @Post(':provider/keys')
  @Requires('providers:write')
  @ApiOperation({
    summary: 'Add a key, of the gateway or of a team, or replace one',
    description:
      'The gateway’s keys share the calls. A team’s own key is used by that team’s calls alone, also at a provider of the ' +
      'environment or gateway.yaml.',
  })
  @ApiCreatedResponse({ description: 'The key, without its secret.', standardSchema: contracts.providerKeySchema })
  @ApiErrors('invalid_request', 'not_found', 'conflict')
  async addKey(
    @Param('provider', PATH_ID) provider: string,
    @Body({ schema: contracts.createProviderKeySchema }) body: contracts.CreateProviderKey,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.ProviderKey> {
    const { of, key } = await this.keys.add(provider, body, caller.keyId);
    return this.views.keyOf(of, key.id);
  }

  @Delete(':provider/keys/:key')
  @Requires('providers:write')
  @ApiOperation({ summary: 'Delete a key', description: 'Calls that run with it go on to their end.' })
  @ApiOkResponse({ description: 'The key is deleted.', standardSchema: contracts.deletedSchema })
  @ApiErrors('not_found')
  async deleteKey(
    @Param('provider', PATH_ID) provider: string,
    @Param('key', PATH_ID) key: string,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Deleted> {
    await this.keys.delete(provider, key, caller.keyId);
    return { id: key, deleted: true };
  }
}

/** What two changes of a provider must not both believe to have seen. */
function versioned({ name, stored }: ProviderInForce): Record<string, unknown> {
  return stored ? versionedProvider(stored) : { name };
}
