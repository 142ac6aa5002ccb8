import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { SavingsReport } from '@thriftgate/contracts';
import { teamsQuery } from '../api/teams-query';
import { Ranking, type RankingRow } from '../charts';
import { PageLink } from '../components/page-link';
import { useMoney } from '../display/use-money';
import { compareDecimal } from '../format';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';

/** What each team paid and saved, the highest list price first. */
export function SavingsByTeam({ rows }: { rows: SavingsReport['data'] }) {
  const text = useText();
  const money = useMoney();
  const { data: teams } = useQuery({ ...teamsQuery, enabled: useMay('teams:read') });
  const nameOf = (id: string) => teams?.data.find((team) => team.id === id)?.name ?? id;
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
