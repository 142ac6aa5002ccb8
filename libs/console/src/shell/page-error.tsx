import { type ErrorComponentProps, useRouter } from '@tanstack/react-router';
import { ErrorCard } from '../components/error-card';
import { useText } from '../i18n/use-text';

/** In place of a page that has failed. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const [text, router] = [useText(), useRouter()];
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <ErrorCard title={text('shell.broken')} error={error} onRetry={retry} />;
}
