import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdempotencyHeader } from '../idempotency/idempotency-header.decorator';
import type { Writer } from '../idempotency/idempotency.repository';
import { IdempotencyService } from '../idempotency/idempotency.service';
import { type KeepAnswer, onceJson } from '../idempotency/idempotent-call';
import type { FastifyReply, FastifyRequest } from 'fastify';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { toBatchObject } from './batch';
import type { Batch } from './batches.repository';
import { BatchesService } from './batches.service';
import { BatchQuotes } from './plan/batch-quotes.service';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Batches')
@ApiBearerAuth()
@ApiErrors('invalid_api_key')
@Requires('api:use')
@Controller('v1/batches')
export class BatchesController {
  constructor(
    private readonly batches: BatchesService,
    private readonly quotes: BatchQuotes,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Post()
  @HttpCode(200)
  @IdempotencyHeader()
  @ApiOperation({
    summary: 'Start a batch',
    description:
      'Send the lines in exactly one of `input_file_id`, `input_file_content` (JSONL text) and `requests`, each as ' +
      '`{custom_id, method, url, body}`; at most 50,000 lines and 200 MB. Lines may name different models. If any line ' +
      'is invalid the whole batch is refused, with line numbers, before any cost arises. Lines that hit the cache ' +
      'cost nothing.',
  })
  @ApiOkResponse({ description: 'The batch, which has started.', standardSchema: contracts.batchSchema })
  @ApiErrors('invalid_request', 'request_too_large', 'rate_limit_exceeded')
  async create(
    @CurrentCaller() caller: Caller,
    @Body({ schema: contracts.createBatchSchema }) body: contracts.CreateBatch,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.BatchObject> {
    return this.once(request, reply, (storeResponse) => this.batches.create(caller, body, request.id, storeResponse));
  }

  @Post('quote')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What a batch would cost',
    description:
      'Takes what starts a batch, plans it and does not run it: lines, duplicates, stored responses, list price and ' +
      'expected price for each model and provider. Spends nothing.',
  })
  @ApiOkResponse({ description: 'The quote.', standardSchema: contracts.batchQuoteSchema })
  @ApiErrors('invalid_request', 'request_too_large', 'rate_limit_exceeded')
  quote(
    @CurrentCaller() caller: Caller,
    @Body({ schema: contracts.createBatchSchema }) body: contracts.CreateBatch,
  ): Promise<contracts.BatchQuote> {
    return this.quotes.quote(caller, body);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @IdempotencyHeader()
  @ApiOperation({
    summary: 'Run the lines again that failed',
    description:
      'Makes a batch of the lines of an ended one that have no response: failed, expired and cancelled ones.',
  })
  @ApiOkResponse({ description: 'The new batch.', standardSchema: contracts.batchSchema })
  @ApiErrors('not_found', 'conflict', 'invalid_request', 'rate_limit_exceeded')
  async retry(
    @CurrentCaller() caller: Caller,
    @Param('id', PATH_ID) batchId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.BatchObject> {
    return this.once(request, reply, (storeResponse) => this.batches.retry(caller, batchId, request.id, storeResponse));
  }

  @Get()
  @ApiOperation({ summary: 'List batches', description: "The team's batches, newest first." })
  @ApiOkResponse({ description: 'A page of batches.', standardSchema: contracts.batchListSchema })
  @ApiErrors('invalid_request')
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: contracts.listBatchesQuerySchema }) query: contracts.ListBatchesQuery,
  ): Promise<contracts.BatchList> {
    const { batches, hasMore } = await this.batches.list(caller.teamId, query);
    const data = batches.map(toBatchObject);
    return {
      object: 'list',
      data,
      has_more: hasMore,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
    };
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Show a batch',
    description:
      'Each `custom_id` is in the files exactly once: responses in the output file, errors in the error file. A file ' +
      'exists only if it has lines.',
  })
  @ApiOkResponse({ description: 'The batch.', standardSchema: contracts.batchSchema })
  @ApiErrors('not_found')
  async get(@CurrentCaller() caller: Caller, @Param('id', PATH_ID) id: string): Promise<contracts.BatchObject> {
    return toBatchObject(await this.batches.get(caller.teamId, id));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @IdempotencyHeader()
  @ApiOperation({
    summary: 'Cancel a batch',
    description: 'No more lines start. Running lines end, are charged, and are in the files.',
  })
  @ApiOkResponse({ description: 'The batch, being cancelled.', standardSchema: contracts.batchSchema })
  @ApiErrors('not_found', 'conflict', 'rate_limit_exceeded')
  async cancel(
    @CurrentCaller() caller: Caller,
    @Param('id', PATH_ID) id: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.BatchObject> {
    return this.once(request, reply, (storeResponse) => this.batches.cancel(caller.teamId, id, storeResponse));
  }

  /** Changes a batch once for each `Idempotency-Key`. @param change stores its response in its own transaction */
  private once(
    request: FastifyRequest,
    reply: FastifyReply,
    change: (storeResponse?: KeepAnswer<Batch>) => Promise<Batch>,
  ): Promise<contracts.BatchObject> {
    return onceJson<contracts.BatchObject>(this.idempotency, request, reply, async (keep) => {
      const storeResponse = keep && ((batch: Batch, writer: Writer) => keep(toBatchObject(batch), writer));
      return toBatchObject(await change(storeResponse));
    });
  }
}
