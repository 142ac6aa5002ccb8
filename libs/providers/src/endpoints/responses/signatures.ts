import { isRecord, type JsonRecord } from '../../json-record';
import { outputOf } from '../../responses/response-facts';

/**
 * A response without encrypted reasoning: it is bound to the credential and the conversation that it was written for, so
 * that another caller who gets the stored response could not send it back.
 */
export function withoutSignatures(reply: Buffer): Buffer {
  if (!reply.includes('"encrypted_content"')) return reply;
  const response: unknown = JSON.parse(reply.toString());
  if (!isRecord(response)) return reply;
  return Buffer.from(JSON.stringify({ ...response, output: outputOf(response).flatMap(unsigned) }));
}

/** An item without encrypted content; none where it had nothing else. */
function unsigned({ encrypted_content: _encrypted, ...item }: JsonRecord): JsonRecord[] {
  return item.type === 'reasoning' && isEmpty(item.summary) && isEmpty(item.content) ? [] : [item];
}

function isEmpty(parts: unknown): boolean {
  return !Array.isArray(parts) || parts.length === 0;
}
