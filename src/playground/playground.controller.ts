import { Controller, Get, HttpCode, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { chatCompletions } from '@thriftgate/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CallResponder } from '../calls/responses/call-responder.service';
import { type Caller, CurrentCaller, CurrentScope, type Scope } from '../common/caller';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { ConsoleKeys } from '../keys/console-keys.service';
import { ModelViews } from '../models/model-views.service';
import { ConsoleCallGuard } from './console-call.guard';
import { PlaygroundChatDocs } from './playground.docs';

/** Calls of people in the console, which holds no key: `/v1` takes no session. */
@Requires('playground:use', 'query')
@Controller('admin/playground')
export class PlaygroundController {
  constructor(
    private readonly responder: CallResponder,
    private readonly keys: ConsoleKeys,
    private readonly models: ModelViews,
  ) {}

  @Post('chat/completions')
  @HttpCode(200)
  @UseGuards(ConsoleCallGuard)
  @PlaygroundChatDocs()
  complete(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.responder.respond(chatCompletions, request, reply);
  }

  @Get('models')
  @ApiTags('Playground')
  @ApiBearerAuth()
  @ApiOperation({
    summary: 'List the models of the playground',
    description: 'Those that the key may use which pays: as `/v1/models` with it.',
  })
  @ApiOkResponse({ description: 'The models.', standardSchema: contracts.modelListSchema })
  @ApiErrors('invalid_request', 'invalid_api_key', 'forbidden', 'not_found')
  async list(
    @Query({ schema: contracts.playgroundQuerySchema }) { team_id: teamId }: contracts.PlaygroundQuery,
    @CurrentCaller() caller: Caller,
    @CurrentScope() scope: Scope,
  ): Promise<contracts.ModelList> {
    return this.models.list(await this.keys.readerFor(teamId, { caller, scope }));
  }
}
