import { useCallback } from 'react';
import { type PrimitiveType, useIntl } from 'react-intl';
import type { MessageId } from './messages';

export type Text = (id: MessageId, values?: Record<string, PrimitiveType>) => string;

/** The texts of the page in the language of the person. */
export function useText(): Text {
  const intl = useIntl();
  return useCallback((id, values) => intl.formatMessage({ id }, values), [intl]);
}
