import { PageTitle } from '../components/page-title';
import { useText } from '../i18n/use-text';

export function AlertsPage() {
  const text = useText();
  return <PageTitle title={text('alerts.title')} />;
}
