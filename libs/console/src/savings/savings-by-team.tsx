import { Text } from '@mantine/core';
import type { SavingsReport } from '@thriftgate/contracts';
import { useTeamNames } from '../display/use-teams';
import { Ranking, type RankingRow } from '../charts';
import { PageLink } from '../components/page-link';
import { useMoney } from '../display/use-money';
import { compareDecimal } from '../format';
import { useText } from '../i18n/use-text';

/** What each team paid and saved, the highest list price first. */
export function SavingsByTeam({ rows }: { rows: SavingsReport['data'] }) {
  const text = useText();
  const money = useMoney();
  const nameOf = useTeamNames();
  if (rows.length === 0) return <Text c="dimmed">{text('savings.noCalls')}</Text>;
  const link = ({ id }: RankingRow, name: React.ReactNode) => (
    <PageLink page="usage" search={{ measure: 'saved', by: 'model', teams: id }}>
      {name}
    </PageLink>
  );
  return (
    <Ranking
      title={text('savings.byTeam')}
      rows={rows
        .toSorted((a, b) => compareDecimal(b.list_cost_usd, a.list_cost_usd))
        .map(({ team = '', cost_usd: value, saved_usd: second }) => ({
          id: team,
          name: nameOf(team),
          href: '#',
          value,
          second,
        }))}
      headers={{ name: text('savings.team'), value: text('savings.paid'), second: text('savings.saved') }}
      format={money.cell}
      renderLink={link}
    />
  );
}
