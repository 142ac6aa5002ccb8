import { type JsonRecord, withEscapedLineEnds } from '../../json-record';
import type { StreamChunk } from '../../translator';

/** An event of a stream of messages, named by its type. */
export function messageEvent(value: JsonRecord, kind: StreamChunk['kind'] = 'content'): StreamChunk {
  return { kind, event: String(value.type), data: withEscapedLineEnds(JSON.stringify(value)) };
}
