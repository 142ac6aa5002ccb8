import { EmptyState } from '../components/empty-state';
import { PageLink } from '../components/page-link';
import { useText } from '../i18n/use-text';

/** What an address without a page shows. */
export function NotFound() {
  const text = useText();
  return (
    <EmptyState order={1} title={text('shell.notFound')} why={text('shell.notFoundLead')}>
      <PageLink page="overview">{text('shell.toOverview')}</PageLink>
    </EmptyState>
  );
}
