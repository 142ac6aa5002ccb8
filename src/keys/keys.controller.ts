import { Body, Controller, Delete, Get, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { type Actor, ApiIfMatch, CurrentActor, setVersion } from '../audit/seen-version';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { toWire } from './api-key';
import { KeysService } from './keys.service';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Keys')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden', 'not_found')
@Requires('keys:read', 'key')
@Controller('admin/keys/:id')
export class KeysController {
  constructor(private readonly keys: KeysService) {}

  @Get()
  @ApiOperation({
    summary: 'Show a key',
    description: 'All settings of the key, also of a revoked one, without its text.',
  })
  @ApiOkResponse({ description: 'The key.', standardSchema: contracts.apiKeySchema })
  async get(
    @Param('id', PATH_ID) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.ApiKey> {
    const key = toWire(await this.keys.show(id));
    setVersion(reply, key);
    return key;
  }

  @Patch()
  @ApiIfMatch()
  @Requires('keys:write', 'key')
  @ApiOperation({
    summary: 'Change a key',
    description:
      'Members that are left out do not change; null clears a member. Changes take effect at once, on other replicas within a second.',
  })
  @ApiOkResponse({ description: 'The changed key.', standardSchema: contracts.apiKeySchema })
  @ApiErrors('invalid_request', 'conflict')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updateKeySchema }) body: contracts.UpdateKey,
    @CurrentCaller() caller: Caller,
    @CurrentActor() actor: Actor,
  ): Promise<contracts.ApiKey> {
    const expiresAt = typeof body.expires_at === 'string' ? new Date(body.expires_at) : body.expires_at;
    const { name, models, rpm_limit: rpmLimit, default_max_tokens: defaultMaxTokens, cache } = body;
    const { batch_lines_count: batchLinesCount } = body;
    return toWire(
      await this.keys.update(
        id,
        { name, models, rpmLimit, batchLinesCount, defaultMaxTokens, cache, expiresAt },
        { ...caller, actor },
      ),
    );
  }

  @Delete()
  @ApiIfMatch()
  @Requires('keys:write', 'key')
  @ApiOperation({
    summary: 'Revoke a key',
    description:
      'The key stops working at once, on other replicas within a second. Its running calls end: streams with an error ' +
      'event, others with 401.',
  })
  @ApiOkResponse({ description: 'The key is revoked.', standardSchema: contracts.deletedSchema })
  async revoke(
    @Param('id', PATH_ID) id: string,
    @CurrentCaller() caller: Caller,
    @CurrentActor() actor: Actor,
  ): Promise<contracts.Deleted> {
    await this.keys.revoke(id, { ...caller, actor });
    return { id, deleted: true };
  }

  @Post('rotate')
  @Requires('keys:write', 'key')
  @ApiOperation({
    summary: 'Replace a key',
    description:
      'Issues a key with the same settings and shows it once. The old key works for another grace_seconds; ' +
      'without them it stops at once, and its running calls end. Its expires_at can then be made sooner, not later.',
  })
  @ApiBody({ required: false })
  @ApiCreatedResponse({ description: 'The new key.', standardSchema: contracts.rotatedKeySchema })
  @ApiErrors('invalid_request', 'conflict')
  async rotate(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.rotateKeySchema }) body: contracts.RotateKey,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.RotatedKey> {
    const { key, keyText } = await this.keys.rotate(id, body?.grace_seconds ?? 0, caller);
    return { ...toWire(key), key: keyText, replaces: id };
  }
}
