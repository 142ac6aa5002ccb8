import { PageTitle } from '../components/page-title';
import { useText } from '../i18n/use-text';

export function CachePage() {
  const text = useText();
  return <PageTitle title={text('cache.title')} />;
}
