import { zoneName as nameAt } from '../format';

/** The short name that a zone has now: `KST`, `EST`, or an offset where it has no name, `GMT+7`. */
export const zoneName = (zone: string): string => nameAt(zone, 'en', new Date());
