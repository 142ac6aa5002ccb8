import { isRecord, type JsonRecord } from '../../json-record';
import { inputMemberOf } from '../../responses/output-writer';

/** The output of a stream that broke off: items that ended, and of the others the text that came. */
export function partialOutput(events: readonly JsonRecord[]): JsonRecord[] {
  const items = new Map<unknown, JsonRecord>();
  const texts = new Map<unknown, string>();
  for (const { type, output_index: index, item, delta } of events) {
    if (isRecord(item)) items.set(index, item);
    if (type === 'response.output_item.done') texts.delete(index);
    else if (typeof delta === 'string') texts.set(index, (texts.get(index) ?? '') + delta);
  }
  for (const [index, text] of texts) {
    const item = items.get(index);
    if (item) items.set(index, withText(item, text));
  }
  return [...items.values()];
}

function withText(item: JsonRecord, text: string): JsonRecord {
  const input = inputMemberOf(item.type);
  if (input !== undefined) return { ...item, status: 'incomplete', [input]: text };
  if (item.type === 'message') {
    const part = { type: 'output_text', annotations: [], logprobs: [], text };
    return { ...item, status: 'incomplete', content: [part] };
  }
  return item.type === 'reasoning' ? { ...item, summary: [{ type: 'summary_text', text }] } : item;
}
