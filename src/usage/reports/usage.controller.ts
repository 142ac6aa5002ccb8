import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { jsonContent, textContent } from '../../http/openapi/contract-schema';
import { type Caller, CurrentCaller } from '../../common/caller';
import { ReportsService } from './reports.service';
import type { Sums } from './sums';
import { TeamAndKeyNames } from './team-and-key-names.service';
import { type CsvColumn, toCsv } from './usage-csv';
import { SUM_COLUMNS, toCsvRow, toWire } from './usage-wire';

const CSV_EXAMPLE =
  `\ufeffmodel,${SUM_COLUMNS.map(({ name }) => name).join(',')}\r\n` +
  'gpt-4.1,3,1,0,0,42,0,30,0,0.000576,0.000384,0,0.000192,812,1740,rate_limit_exceeded=1\r\n';

const DESCRIPTION =
  'Calls, tokens and dollars by group, and their total, without running calls. Filters are lists, with commas or by repeating ' +
  'the parameter. `format=csv` gives a table with the same columns, in UTF-8 with a byte order mark, without the total.';

@ApiBearerAuth()
@Controller()
export class UsageController {
  constructor(
    private readonly reports: ReportsService,
    private readonly names: TeamAndKeyNames,
  ) {}

  @Get('v1/usage')
  @Requires('api:use')
  @ApiTags('Usage')
  @ApiOperation({ summary: "Report the team's usage", description: `${DESCRIPTION} Covers only the caller's team.` })
  @ApiUsageReport()
  @ApiErrors('invalid_request', 'invalid_api_key')
  ofTeam(
    @Query({ schema: contracts.usageQuerySchema }) query: contracts.UsageQuery,
    @CurrentCaller() { teamId }: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.UsageReport | string> {
    return this.report({ ...query, team_id: teamId }, reply);
  }

  @Get('admin/usage')
  @ApiTags('Reports')
  @Requires('usage:read', 'query')
  @ApiOperation({ summary: 'Report usage over all teams', description: `${DESCRIPTION} Covers all teams, or one.` })
  @ApiUsageReport()
  @ApiErrors('invalid_request', 'invalid_api_key', 'forbidden')
  ofAll(
    @Query({ schema: contracts.adminUsageQuerySchema }) query: contracts.AdminUsageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.UsageReport | string> {
    return this.report(query, reply);
  }

  private async report(query: contracts.AdminUsageQuery, reply: FastifyReply): Promise<contracts.UsageReport | string> {
    const { group_by: groups, format, ...question } = query;
    const { data, total, span, previous, asOf } = await this.reports.usage(question, groups);
    const { provider, exclude_provider: withoutProvider, status } = query;
    const byAttempt = groups.includes('provider') || (provider ?? withoutProvider ?? status) !== undefined;
    const withPrevious = (sums: Sums, before: Sums | undefined) =>
      Object.assign(toWire(sums, byAttempt), before && { previous: toWire(before, byAttempt) });
    const names = await this.names.named(data.map((row) => row.groups));
    // For thousands of rows: V8 takes twenty times as long for a literal with several spreads.
    const rows = data.map(({ sums, previous: before, others }, index) =>
      Object.assign({}, names[index], others !== undefined && { others }, withPrevious(sums, before)),
    );
    if (format === 'csv') return toTable(reply, groups, rows, previous !== undefined);
    return {
      data: rows,
      total: withPrevious(total, previous?.total),
      ...toSpan(span),
      timezone: query.timezone,
      ...(previous && { previous: toSpan(previous.span) }),
      as_of: asOf.toISOString(),
    };
  }
}

function toSpan({ from, to }: { from: Date; to: Date }) {
  return { from: from.toISOString(), to: to.toISOString() };
}

const NAMES: Partial<Record<contracts.UsageGroup, string>> = { team: 'team_name', key: 'key_name' };

function toTable(
  reply: FastifyReply,
  groups: contracts.UsageGroup[],
  rows: contracts.UsageRow[],
  compared: boolean,
): string {
  reply.header('content-type', 'text/csv; charset=utf-8');
  reply.header('content-disposition', 'attachment; filename="usage.csv"');
  const columns: CsvColumn[] = [
    ...groups.flatMap((group) => [group, NAMES[group] ?? []].flat()).map((name) => ({ name, kind: 'text' as const })),
    ...(rows.some(({ others }) => others !== undefined) ? [{ name: 'others', kind: 'number' as const }] : []),
    ...SUM_COLUMNS,
    ...(compared ? SUM_COLUMNS.map(({ name, kind }) => ({ name: `previous_${name}`, kind })) : []),
  ];
  return toCsv(columns, rows.map(toCsvRow));
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
