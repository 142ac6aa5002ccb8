import { isRecord, type JsonRecord, parseJson } from '../../json-record';
import { wholeText } from '../../passed-values';

/** Begins the gateway's own signatures; no vendor's begin so. */
const PREFIX = 'tg1.';

/** The signature of a thinking block of another vendor than Anthropic: the vendor's own reasoning, for the next request. */
export function signatureOf(details: unknown): string {
  if (!Array.isArray(details) || details.length === 0) return PREFIX;
  return PREFIX + Buffer.from(JSON.stringify(details)).toString('base64url');
}

/** The vendor's own reasoning in a thinking block that this gateway wrote; none in another one, which is for another vendor. */
export function detailsOf({ signature, thinking }: JsonRecord): unknown[] {
  const signed = wholeText(signature);
  if (!signed?.startsWith(PREFIX)) return [];
  const details = parseJson(Buffer.from(signed.slice(PREFIX.length), 'base64url').toString());
  if (Array.isArray(details)) return details.filter(isRecord);
  const text = wholeText(thinking);
  return text === undefined ? [] : [{ type: 'reasoning.text', text }];
}
