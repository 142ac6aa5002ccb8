import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { formatUsd } from '../../common/money';
import type { LedgerRow } from './requests.repository';
import { RequestsService } from './requests.service';

@ApiTags('Reports')
@ApiBearerAuth()
@Requires('requests:read', 'query')
@Controller('admin/requests')
export class RequestsController {
  constructor(private readonly requests: RequestsService) {}

  @Get()
  @ApiOperation({
    summary: 'List calls',
    description:
      'The ledger: one row for each attempt, by default newest first. Every page except the last has a `next_cursor`: ' +
      'send it as `cursor`, with the same filters and `sort`, to get the next page. With filters other than team, key, ' +
      'request, batch and time, at most 50,000 rows are examined for a page: it may have fewer rows than `limit`, or none, and a ' +
      '`next_cursor`.',
  })
  @ApiOkResponse({ description: 'A page of the ledger.', standardSchema: contracts.requestPageSchema })
  @ApiErrors('invalid_request', 'invalid_api_key', 'forbidden')
  async list(
    @Query({ schema: contracts.listRequestsQuerySchema }) query: contracts.ListRequestsQuery,
  ): Promise<contracts.RequestPage> {
    const { rows, nextCursor } = await this.requests.page(query);
    return { data: rows.map(toWire), next_cursor: nextCursor };
  }
}

function toWire(row: LedgerRow): contracts.RequestRow {
  return {
    request_id: row.request_id,
    attempt: row.attempt,
    team_id: row.team_id,
    key_id: row.key_id,
    model: row.model,
    provider: row.provider,
    upstream_model: row.upstream_model,
    endpoint: row.endpoint,
    status: row.status,
    state: row.state,
    stream: row.stream,
    cache_status: row.cache_status,
    input_tokens: row.input_tokens,
    cached_input_tokens: row.cached_input_tokens,
    output_tokens: row.output_tokens,
    reasoning_tokens: row.reasoning_tokens,
    list_cost_usd: formatUsd(row.list_cost_pusd),
    cost_usd: formatUsd(row.cost_pusd),
    saved_usd: formatUsd(row.saved_pusd),
    saved_by: row.saved_by,
    corrects: row.corrects,
    price_id: row.price_id,
    estimated: row.estimated,
    error_code: row.error_code,
    batch_id: row.batch_id,
    custom_id: row.custom_id,
    tags: row.tags ?? [],
    created_at: row.created_at.toISOString(),
    latency_ms: row.latency_ms,
    ttft_ms: row.ttft_ms,
  };
}
