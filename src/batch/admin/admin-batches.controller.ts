import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyRequest } from 'fastify';
import { type Caller, CurrentCaller, CurrentScope, type Scope } from '../../common/caller';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { AdminBatches } from './admin-batches.service';

const PATH_ID = { schema: contracts.pathIdSchema };
const PAYS = 'A member’s own key pays; for other roles the team’s console key, as in the playground.';

@ApiTags('Batches')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('batches:read', 'handler')
@Controller('admin/batches')
export class AdminBatchesController {
  constructor(private readonly batches: AdminBatches) {}

  @Get()
  @Requires('batches:read', 'query')
  @ApiOperation({
    summary: 'List the batches of all teams',
    description: 'Newest first. A member sees those of its key.',
  })
  @ApiOkResponse({ description: 'A page of batches.', standardSchema: contracts.adminBatchPageSchema })
  @ApiErrors('invalid_request')
  list(
    @Query({ schema: contracts.listAdminBatchesQuerySchema }) query: contracts.ListAdminBatchesQuery,
  ): Promise<contracts.AdminBatchPage> {
    return this.batches.list(query);
  }

  @Post()
  @Requires('batches:write', 'body')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Start a batch for a team',
    description: `The members of /v1/batches, and the team. ${PAYS}`,
  })
  @ApiOkResponse({ description: 'The batch, which has started.', standardSchema: contracts.adminBatchSchema })
  @ApiErrors('invalid_request', 'request_too_large', 'not_found')
  create(
    @Body({ schema: contracts.createAdminBatchSchema }) body: contracts.CreateAdminBatch,
    @CurrentCaller() caller: Caller,
    @CurrentScope() scope: Scope,
    @Req() request: FastifyRequest,
  ): Promise<contracts.AdminBatch> {
    return this.batches.create(body, { caller, scope }, request.id);
  }

  @Post('quote')
  @Requires('batches:write', 'body')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What a batch of a team would cost',
    description: `As POST /v1/batches/quote; spends nothing. ${PAYS}`,
  })
  @ApiOkResponse({ description: 'The quote.', standardSchema: contracts.batchQuoteSchema })
  @ApiErrors('invalid_request', 'request_too_large', 'not_found')
  quote(
    @Body({ schema: contracts.createAdminBatchSchema }) body: contracts.CreateAdminBatch,
    @CurrentCaller() caller: Caller,
    @CurrentScope() scope: Scope,
  ): Promise<contracts.BatchQuote> {
    return this.batches.quote(body, { caller, scope });
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Show a batch of any team',
    description: 'With its lines by state, the vendors’ batches that run lines of it, and its errors by code.',
  })
  @ApiOkResponse({ description: 'The batch.', standardSchema: contracts.adminBatchDetailsSchema })
  @ApiErrors('not_found')
  get(@Param('id', PATH_ID) id: string, @CurrentScope() scope: Scope): Promise<contracts.AdminBatchDetails> {
    return this.batches.details(id, scope);
  }

  @Post(':id/cancel')
  @Requires('batches:write', 'handler')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Cancel a batch of any team',
    description: 'No more lines start. Running lines end, are charged, and are in the files.',
  })
  @ApiOkResponse({ description: 'The batch, being cancelled.', standardSchema: contracts.adminBatchSchema })
  @ApiErrors('not_found', 'conflict')
  cancel(
    @Param('id', PATH_ID) id: string,
    @CurrentCaller() caller: Caller,
    @CurrentScope() scope: Scope,
  ): Promise<contracts.AdminBatch> {
    return this.batches.cancel(id, { caller, scope });
  }

  @Post(':id/retry')
  @Requires('batches:write', 'handler')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Run the lines of a batch again that failed',
    description: `Makes a batch of the lines of an ended one that have no response. ${PAYS}`,
  })
  @ApiOkResponse({ description: 'The new batch.', standardSchema: contracts.adminBatchSchema })
  @ApiErrors('not_found', 'conflict', 'invalid_request')
  retry(
    @Param('id', PATH_ID) id: string,
    @CurrentCaller() caller: Caller,
    @CurrentScope() scope: Scope,
    @Req() request: FastifyRequest,
  ): Promise<contracts.AdminBatch> {
    return this.batches.retry(id, { caller, scope }, request.id);
  }
}
