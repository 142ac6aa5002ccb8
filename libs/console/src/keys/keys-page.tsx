import { PageTitle } from '../components/page-title';
import { useText } from '../i18n/use-text';

export function KeysPage() {
  const text = useText();
  return <PageTitle title={text('keys.title')} />;
}
