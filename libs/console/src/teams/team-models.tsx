import type { UsageReport } from '@thriftgate/contracts';
import { Ranking } from '../charts';
import { EmptyState } from '../components/empty-state';
import { PageLink } from '../components/page-link';
import { useMoney } from '../display/use-money';
import { compareDecimal } from '../format';
import { useText } from '../i18n/use-text';

/** The models that a team has called, by cost. */
export function TeamModels({ report, teamId }: { report: UsageReport; teamId: string }) {
  const text = useText();
  const { cell: amount } = useMoney();
  if (report.data.length === 0)
    return (
      <EmptyState title={text('teams.noCalls')} why={text('teams.noCallsWhy')}>
        <PageLink page="gettingStarted">{text('shell.page.gettingStarted')}</PageLink>
      </EmptyState>
    );
  const byCost = report.data.toSorted(
    (left, right) =>
      Number(left.others !== undefined) - Number(right.others !== undefined) ||
      compareDecimal(right.cost_usd, left.cost_usd),
  );
  const rows = byCost.map(({ model, others, cost_usd: value, saved_usd: second }) => ({
    id: model ?? 'others',
    name: model ?? text('teams.otherModels', { count: others ?? 0 }),
    value,
    second,
    ...(model && { href: model }),
  }));
  return (
    <Ranking
      title={text('teams.byModel')}
      rows={rows}
      headers={{ name: text('teams.model'), value: text('teams.cost'), second: text('teams.saved') }}
      format={amount}
      renderLink={({ id }, children) => (
        <PageLink page="usage" search={{ model: id, team: teamId }}>
          {children}
        </PageLink>
      )}
    />
  );
}
