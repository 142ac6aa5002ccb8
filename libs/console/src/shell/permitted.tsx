import type { ReactNode } from 'react';
import { EmptyState } from '../components/empty-state';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';

/** A page for those who have its permission; the others learn whom to ask. */
export function Permitted({ permission, children }: { permission: string; children: ReactNode }) {
  const text = useText();
  if (useMay(permission)) return children;
  return <EmptyState title={text('shell.forbidden')} why={text('shell.forbiddenLead', { permission })} />;
}
