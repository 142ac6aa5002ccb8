import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { Roles } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { jsonContent, textContent } from '../../http/openapi/contract-schema';
import { type Caller, CurrentCaller } from '../../common/caller';
import { formatUsd } from '../../common/money';
import type { UsageFilter } from './report-span';
import type { Sums } from './reports.repository';
import { ReportsService } from './reports.service';
import { type CsvColumn, toCsv } from './usage-csv';

const SUM_COLUMNS = [
  'requests',
  'input_tokens',
  'output_tokens',
  'list_cost_usd',
  'cost_usd',
  'saved_usd',
] as const satisfies readonly (keyof contracts.UsageSums)[];

const CSV_EXAMPLE = `model,requests,input_tokens,output_tokens,list_cost_usd,cost_usd,saved_usd\r
gpt-4.1,3,42,30,0.000576,0.000384,0.000192\r
`;

const DESCRIPTION =
  'Calls, tokens and dollars by group, and their total, without running calls. ' +
  '`format=csv` gives a table with a header and without the total.';

@ApiBearerAuth()
@Controller()
export class UsageController {
  constructor(private readonly reports: ReportsService) {}

  @Get('v1/usage')
  @ApiTags('Usage')
  @ApiOperation({ summary: "Report the team's usage", description: `${DESCRIPTION} Covers only the caller's team.` })
  @ApiUsageReport()
  @ApiErrors('invalid_request', 'invalid_api_key')
  ofTeam(
    @Query({ schema: contracts.usageQuerySchema }) query: contracts.UsageQuery,
    @CurrentCaller() { teamId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.UsageReport | string> {
    const { group_by: groups, format, ...span } = query;
    return this.report({ ...span, team_id: teamId }, groups, format, reply);
  }

  @Get('admin/usage')
  @ApiTags('Reports')
  @Roles('platform_admin')
  @ApiOperation({ summary: 'Report usage over all teams', description: `${DESCRIPTION} Covers all teams, or one.` })
  @ApiUsageReport()
  @ApiErrors('invalid_request', 'invalid_api_key', 'forbidden')
  ofAll(
    @Query({ schema: contracts.adminUsageQuerySchema }) query: contracts.AdminUsageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.UsageReport | string> {
    const { group_by: groups, format, ...filter } = query;
    return this.report(filter, groups, format, reply);
  }

  private async report(
    filter: Partial<UsageFilter>,
    groups: contracts.UsageGroup[],
    format: 'json' | 'csv',
    reply: FastifyReply,
  ): Promise<contracts.UsageReport | string> {
    const { data, total } = await this.reports.usage(filter, groups);
    const rows = data.map((row) => ({ ...row.groups, ...toWire(row) }));
    if (format === 'json') return { data: rows, total: toWire(total) };
    reply.header('content-type', 'text/csv; charset=utf-8');
    reply.header('content-disposition', 'attachment; filename="usage.csv"');
    return toCsv([...groups.map(textColumn), ...SUM_COLUMNS.map(numberColumn)], rows);
  }
}

/** Documents both formats of the report; a decorator with one schema would declare CSV as JSON. */
function ApiUsageReport(): MethodDecorator {
  return ApiOkResponse({
    description: 'The report.',
    content: {
      ...jsonContent(contracts.usageReportSchema),
      ...textContent('text/csv', CSV_EXAMPLE),
    },
  });
}

function toWire(sums: Sums): contracts.UsageSums {
  return {
    requests: sums.requests,
    input_tokens: sums.inputTokens,
    output_tokens: sums.outputTokens,
    list_cost_usd: formatUsd(sums.listCostPusd),
    cost_usd: formatUsd(sums.costPusd),
    saved_usd: formatUsd(sums.savedPusd),
  };
}

const textColumn = (name: string): CsvColumn => ({ name, kind: 'text' });
const numberColumn = (name: string): CsvColumn => ({ name, kind: 'number' });
