import { PageTitle } from '../components/page-title';
import { useText } from '../i18n/use-text';

export function SettingsPage() {
  const text = useText();
  return <PageTitle title={text('settings.title')} />;
}
