import { Badge, Group, List, Skeleton, Text } from '@mantine/core';
import type { Overview } from '@thriftgate/contracts';
import { PageLink } from '../components/page-link';
import { Panel } from '../components/panel';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { formatPercent, ratio, relativeTime } from '../format';
import { useText } from '../i18n/use-text';

type ToDo = Overview['to_do'];
const SHOWN = 3;

/** What needs attention: full budgets, keys that expire, alerts, and what could be saved. */
export function ToDoList({ toDo }: { toDo: ToDo | undefined }) {
  const text = useText();
  const money = useMoney();
  if (!toDo) return <Skeleton className="loading" h={120} />;
  const { budgets, keys, alerts, advice } = toDo;
  const hasAdvice = advice !== null && advice.opportunities > 0;
  const isDone = budgets.length === 0 && keys.length === 0 && !alerts && !hasAdvice;
  return (
    <Panel title={text('overview.toDo')}>
      {isDone && <Text c="dimmed">{text('overview.nothingToDo')}</Text>}
      <List listStyleType="none" spacing={6}>
        {budgets.slice(0, SHOWN).map((budget) => (
          <List.Item key={budget.id}>
            <BudgetItem budget={budget} />
          </List.Item>
        ))}
        {budgets.length > SHOWN && (
          <List.Item>
            <PageLink page="budgets">{text('overview.moreBudgets', { count: budgets.length - SHOWN })}</PageLink>
          </List.Item>
        )}
        {keys.slice(0, SHOWN).map((key) => (
          <List.Item key={key.id}>
            <KeyItem apiKey={key} />
          </List.Item>
        ))}
        {keys.length > SHOWN && (
          <List.Item>
            <Text size="sm" c="dimmed">
              {text('overview.moreKeys', { count: keys.length - SHOWN })}
            </Text>
          </List.Item>
        )}
        {alerts !== null && alerts > 0 && (
          <List.Item>
            <PageLink page="alerts">{text('overview.alerts', { count: alerts })}</PageLink>
          </List.Item>
        )}
        {hasAdvice && (
          <List.Item>
            <PageLink page="savings">
              {text('overview.advice', {
                count: advice.opportunities,
                amount: money.cell(advice.usd_per_month),
              })}
            </PageLink>
          </List.Item>
        )}
      </List>
    </Panel>
  );
}

function BudgetItem({ budget }: { budget: ToDo['budgets'][number] }) {
  const text = useText();
  const money = useMoney();
  const { language } = useDisplay();
  const { spent_usd: spent, limit_usd: limit } = budget;
  const used = ratio(spent, limit) ?? 0;
  const owner = budget.key_name ?? budget.key_id ?? budget.team_name ?? budget.team_id;
  return (
    <Group gap="xs" wrap="wrap">
      <Badge variant="outline" color={used >= 1 ? 'red' : 'gray'} tt="none" radius="sm">
        {text(used >= 1 ? 'overview.over' : 'overview.soon')}
      </Badge>
      <PageLink page="budgets" search={{ open: budget.id }}>
        {text('overview.budgetItem', { owner, share: formatPercent(used, language) })}
      </PageLink>
      <Text size="sm" c="dimmed" className="numbers">
        {text('overview.ofLimit', { spent: money.cell(spent), limit: money.cell(limit) })}
      </Text>
    </Group>
  );
}

function KeyItem({ apiKey }: { apiKey: ToDo['keys'][number] }) {
  const text = useText();
  const { language, timezone } = useDisplay();
  const { text: when, title } = relativeTime(new Date(apiKey.expires_at), new Date(), timezone, language);
  return (
    <Group gap="xs">
      <Badge variant="outline" color="gray" tt="none" radius="sm">
        {text('overview.expires')}
      </Badge>
      <PageLink page="keys" params={{ teamId: apiKey.team_id }}>
        {text('overview.keyItem', { name: apiKey.name, team: apiKey.team_name ?? apiKey.team_id })}
      </PageLink>
      <Text size="sm" c="dimmed" title={title}>
        {when}
      </Text>
    </Group>
  );
}
