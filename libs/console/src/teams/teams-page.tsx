import { PageTitle } from '../components/page-title';
import { useText } from '../i18n/use-text';

export function TeamsPage() {
  const text = useText();
  return <PageTitle title={text('teams.title')} />;
}
