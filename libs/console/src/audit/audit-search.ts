import type { RawSearch } from '../routes/search';

/** The filters of the page, and the event that is open. */
export interface AuditSearch {
  action: string | undefined;
  actor: string | undefined;
  subject: string | undefined;
  event: string | undefined;
}

export const readAuditSearch = (raw: RawSearch): AuditSearch => {
  const text = (name: string) => (typeof raw[name] === 'string' ? raw[name] : undefined);
  return { action: text('action'), actor: text('actor'), subject: text('subject'), event: text('event') };
};
