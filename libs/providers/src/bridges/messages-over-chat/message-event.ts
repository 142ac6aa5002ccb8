import { type JsonRecord, withEscapedLineEnds } from '../../json-record';
import type { StreamChunk } from '../../translator';

/** The event that adds a piece to the text of a block. */
export function textEvent(index: number, piece: string): StreamChunk {
  const text = withEscapedLineEnds(JSON.stringify(piece));
  const event = 'content_block_delta';
  const data = `{"type":"${event}","index":${index},"delta":{"type":"text_delta","text":${text}}}`;
  return { kind: 'content', event, data };
}

/** An event of a stream of messages, named by its type. */
export function messageEvent(value: JsonRecord, kind: StreamChunk['kind'] = 'content'): StreamChunk {
  return { kind, event: String(value.type), data: withEscapedLineEnds(JSON.stringify(value)) };
}
