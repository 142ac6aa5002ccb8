import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { jsonContent, textContent } from '../../http/openapi/contract-schema';
import { formatUsd, type PicoUsd } from '../../common/money';
import { toCsv } from '../reports/usage-csv';
import { RoiService } from './roi.service';
import { type Savings, SavingsService } from './savings.service';

const CSV_EXAMPLE = `\ufeffmodel,requests,list_cost_usd,cost_usd,saved_usd,cache,coalesced,dedupe,batch,prompt_cache,routing\r
gpt-4.1,1200,12.4,3.1,9.3,9.1,0,0,0,0.2,0\r
`;
const SUMS = ['requests', 'list_cost_usd', 'cost_usd', 'saved_usd'] as const;

@ApiTags('Savings')
@ApiBearerAuth()
@ApiErrors('invalid_request', 'invalid_api_key', 'forbidden')
@Requires('savings:read', 'query')
@Controller('admin/savings')
export class SavingsController {
  constructor(
    private readonly savings: SavingsService,
    private readonly roi: RoiService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Report savings',
    description:
      'List cost, cost, and the difference by source; and missed savings, with the setting that avoids each. ' +
      '`format=csv` gives a table without total and opportunities.',
  })
  @ApiOkResponse({
    description: 'The report.',
    content: { ...jsonContent(contracts.savingsReportSchema), ...textContent('text/csv', CSV_EXAMPLE) },
  })
  async report(
    @Query({ schema: contracts.savingsQuerySchema }) query: contracts.SavingsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.SavingsReport | string> {
    const { group_by: groups, format, ...span } = query;
    const { data, total } = await this.savings.report(span, groups);
    const rows = data.map((row) => ({ ...row.groups, ...toWire(row) }));
    if (format === 'csv') {
      reply.header('content-type', 'text/csv; charset=utf-8');
      reply.header('content-disposition', 'attachment; filename="savings.csv"');
      const columns = [
        ...groups.map((name) => ({ name, kind: 'text' as const })),
        ...[...SUMS, ...contracts.savedBy].map((name) => ({ name, kind: 'number' as const })),
      ];
      return toCsv(
        columns,
        rows.map((row) => ({ ...row, ...row.saved_by })),
      );
    }
    const opportunities = await this.savings.opportunities(span);
    return {
      data: rows,
      total: toWire(total),
      opportunities: opportunities.map((each) => ({
        kind: each.kind,
        reason: each.reason,
        model: each.model,
        key_id: each.keyId,
        calls: each.calls,
        cost_usd: formatUsd(each.costPusd),
        could_save_usd: formatUsd(each.couldSavePusd),
        estimated: each.estimated,
        setting: each.setting,
      })),
    };
  }

  @Get('roi')
  @ApiOperation({
    summary: 'Show the return of a month',
    description: 'The cost of a month of a team, or of all teams, and its list cost without the gateway.',
  })
  @ApiOkResponse({ description: 'The month.', standardSchema: contracts.roiSchema })
  async month(@Query({ schema: contracts.roiQuerySchema }) query: contracts.RoiQuery): Promise<contracts.Roi> {
    const { total, models, projected } = await this.roi.of(query.team_id, query.month, query.timezone);
    return {
      team_id: query.team_id ?? null,
      month: query.month,
      timezone: query.timezone,
      ...roiOf(total.listCostPusd, total.costPusd),
      saved_by: toWire(total).saved_by,
      models: models.map((each) => ({ model: each.groups.model ?? '', ...roiOf(each.listCostPusd, each.costPusd) })),
      projected: projected ? roiOf(projected.listCostPusd, projected.costPusd) : null,
    };
  }
}

function toWire(sums: Savings) {
  const by = Object.entries(sums.by).map(([name, pusd]) => [name, formatUsd(pusd)]);
  return {
    requests: sums.requests,
    list_cost_usd: formatUsd(sums.listCostPusd),
    cost_usd: formatUsd(sums.costPusd),
    saved_usd: formatUsd(sums.savedPusd),
    saved_by: Object.fromEntries(by) as Record<contracts.SavedBy, string>,
  };
}

function roiOf(beforePusd: PicoUsd, afterPusd: PicoUsd) {
  const savedPusd = beforePusd - afterPusd;
  const tenths = beforePusd === 0n ? 0n : (savedPusd * 1000n + beforePusd / 2n) / beforePusd;
  return {
    before_usd: formatUsd(beforePusd),
    after_usd: formatUsd(afterPusd),
    saved_usd: formatUsd(savedPusd),
    saved_percent: Number(tenths) / 10,
  };
}
