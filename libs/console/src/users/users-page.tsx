import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';
import { PageTitle } from '../components/page-title';
import { QueryPart } from '../components/query-part';
import { useText } from '../i18n/use-text';
import { SessionsTable } from './sessions-table';

const EVERY_SECONDS = 30;

/** Who is signed in to the console. */
export function UsersPage() {
  const text = useText();
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => api.admin.sessions.list({}, { signal }),
    refetchInterval: pollEvery(EVERY_SECONDS),
  });
  return (
    <>
      <PageTitle title={text('shell.page.users')} lead={text('users.lead')} />
      <QueryPart query={sessions}>{({ data }) => <SessionsTable rows={data} />}</QueryPart>
    </>
  );
}
