import type { BatchDraft } from '../batch-api';
import { getRequest } from '../provider';
import type { HttpRequest, StreamedBody } from '../translator';

const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json', 'accept-encoding': 'identity' };

export function get(url: string): HttpRequest {
  return getRequest(url, { accept: '*/*' });
}

export function remove(url: string): HttpRequest {
  return { ...get(url), method: 'DELETE' };
}

/** @param body a JSON value; undefined sends an empty body */
export function post(url: string, body: unknown): HttpRequest {
  return { method: 'POST', url, headers: { ...JSON_HEADERS }, body: body === undefined ? '' : JSON.stringify(body) };
}

/** A body between two texts. */
export function enclosed(before: string, content: StreamedBody, after: string): StreamedBody {
  return {
    byteLength: Buffer.byteLength(before) + content.byteLength + Buffer.byteLength(after),
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(before);
      yield* content;
      yield Buffer.from(after);
    },
  };
}

/** JSON lines as the elements of an array: what ends a line becomes a comma, but for the last. */
export function asElements(lines: StreamedBody): StreamedBody {
  return {
    byteLength: Math.max(0, lines.byteLength - 1),
    async *[Symbol.asyncIterator]() {
      let left = lines.byteLength - 1;
      for await (const chunk of lines) {
        const piece = Buffer.from(chunk.subarray(0, Math.max(0, left)));
        left -= piece.length;
        for (let at = piece.indexOf('\n'); at >= 0; at = piece.indexOf('\n', at)) piece[at] = COMMA;
        if (piece.length > 0) yield piece;
      }
    },
  };
}

const COMMA = 0x2c;

/**
 * The lines as a file in a form. Some vendors read the members of a form in order, so the file is the last.
 *
 * @see https://platform.openai.com/docs/api-reference/files/create
 */
export function formWithFile(
  url: string,
  fields: Readonly<Record<string, string>>,
  { name, lines }: BatchDraft,
): HttpRequest {
  const boundary = `thriftgate-${name}`;
  const part = (disposition: string) => `--${boundary}\r\nContent-Disposition: form-data; ${disposition}\r\n`;
  const texts = Object.entries(fields).map(([field, value]) => `${part(`name="${field}"`)}\r\n${value}\r\n`);
  const file = `${part(`name="file"; filename="${name}.jsonl"`)}Content-Type: application/jsonl\r\n\r\n`;
  return {
    method: 'POST',
    url,
    headers: { ...JSON_HEADERS, 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: enclosed(texts.join('') + file, lines, `\r\n--${boundary}--\r\n`),
  };
}
