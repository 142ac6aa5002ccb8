import { PageTitle } from '../components/page-title';
import { useText } from '../i18n/use-text';

export function ModelsPage() {
  const text = useText();
  return <PageTitle title={text('models.title')} />;
}
