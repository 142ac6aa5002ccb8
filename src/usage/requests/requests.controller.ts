import { Readable } from 'node:stream';
import { Controller, Get, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { CurrentScope, type Scope } from '../../common/caller';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { TeamAndKeyNames } from '../reports/team-and-key-names.service';
import { csvHeader, csvRows } from '../reports/usage-csv';
import { RequestDetailsService } from './request-details.service';
import { ROW_COLUMNS, toCsvRow, toWire } from './request-wire';
import { ListRequestsDocs } from './requests.docs';
import type { LedgerRow } from './requests.repository';
import { RequestsService } from './requests.service';

@ApiTags('Reports')
@ApiBearerAuth()
@Requires('requests:read', 'query')
@Controller('admin/requests')
export class RequestsController {
  constructor(
    private readonly requests: RequestsService,
    private readonly details: RequestDetailsService,
    private readonly names: TeamAndKeyNames,
  ) {}

  @Get()
  @ListRequestsDocs()
  @ApiErrors('invalid_request', 'invalid_api_key', 'forbidden')
  async list(
    @Query({ schema: contracts.listRequestsQuerySchema }) query: contracts.ListRequestsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.RequestPage | StreamableFile> {
    if (query.format === 'csv') {
      void reply.header('content-disposition', 'attachment; filename="requests.csv"');
      const table = this.table(await this.requests.pages(query));
      return new StreamableFile(Readable.from(table), { type: 'text/csv; charset=utf-8' });
    }
    const { rows, nextCursor } = await this.requests.page(query);
    return { data: await this.toWire(rows), next_cursor: nextCursor };
  }

  @Get(':request_id')
  @Requires('requests:read', 'handler')
  @ApiOperation({
    summary: 'Show a call',
    description:
      'One call with all its attempts: what happened in which order as far as the ledger knows, what it cost by which price, and ' +
      'why its response is stored or is not. Prompts and answers are not in it.',
  })
  @ApiOkResponse({ description: 'The call.', standardSchema: contracts.requestDetailsSchema })
  @ApiErrors('invalid_api_key', 'forbidden', 'not_found')
  get(
    @Param('request_id', { schema: contracts.pathIdSchema }) requestId: string,
    @CurrentScope() scope: Scope,
  ): Promise<contracts.RequestDetails> {
    return this.details.get(requestId, scope);
  }

  private async toWire(rows: readonly LedgerRow[]): Promise<contracts.RequestRow[]> {
    const names = await this.names.ofRows(rows);
    return rows.map((row) => toWire(row, names));
  }

  private async *table(pages: AsyncIterable<LedgerRow[]>): AsyncGenerator<string, void, undefined> {
    yield csvHeader(ROW_COLUMNS);
    for await (const rows of pages) yield csvRows(ROW_COLUMNS, (await this.toWire(rows)).map(toCsvRow));
  }
}
