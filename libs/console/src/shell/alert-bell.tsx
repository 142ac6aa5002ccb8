import { ActionIcon, Indicator } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';
import { useText } from '../i18n/use-text';
import { PAGES } from '../routes/pages';

const MOST = 9;
const EVERY_SECONDS = 60;

/** The number of alerts that are not acknowledged, `9+` beyond nine, and the way to them. */
export function AlertBell() {
  const text = useText();
  const { data } = useQuery({
    queryKey: ['alerts', 'bell'],
    queryFn: ({ signal }) => api.admin.alerts.list({ acknowledged: false, limit: MOST + 1 }, { signal }),
    refetchInterval: pollEvery(EVERY_SECONDS),
  });
  const count = data?.data.length ?? 0;
  const shown = count > MOST ? `${MOST}+` : String(count);
  return (
    <Indicator label={shown} disabled={count === 0} size={16} offset={6} color="red">
      <ActionIcon
        component={Link}
        to={PAGES.alerts.path}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={count === 0 ? text('shell.alerts') : text('shell.alertsOpen', { count: shown })}
      >
        <Bell size={18} aria-hidden />
      </ActionIcon>
    </Indicator>
  );
}
