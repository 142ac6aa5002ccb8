import { Injectable } from '@nestjs/common';
import type { UsageGroup } from '@thriftgate/contracts';
import { Clock } from '../../common/clock';
import { GatewayError } from '../../common/errors';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { spanOf, type UsageFilter } from './report-span';
import { type GroupSums, ReportsRepository, type Sums } from './reports.repository';

const MAX_GROUPS = 100_000;

/** Reports of the ledger. They include this instance's latest calls; calls of other instances appear after 100 ms. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly reports: ReportsRepository,
    private readonly drain: LedgerDrain,
    private readonly clock: Clock,
  ) {}

  /** Sums by group over the span of the filter, by default 30 days. @throws GatewayError `invalid_request` for too many groups */
  async usage(filter: Partial<UsageFilter>, groups: UsageGroup[]): Promise<{ data: GroupSums[]; total: Sums }> {
    await this.drain.flush();
    const span = { team_id: filter.team_id, ...spanOf(filter, this.clock.now()) };
    const report = await this.reports.usage(span, groups, MAX_GROUPS + 1);
    if (report.data.length <= MAX_GROUPS) return report;
    throw new GatewayError('invalid_request', {
      message: `'group_by' gives more than ${MAX_GROUPS} groups for this span. Request fewer groups or a shorter span.`,
      param: 'group_by',
    });
  }
}
