import type { BatchApi, BatchDraft, VendorBatch } from '../batch-api';
import type { HttpRequest, StreamedBody, UpstreamRequest } from '../translator';
import { VENDORS } from '../vendors';

export const NOW = Date.parse('2026-11-28T12:00:00Z');
/** Of a line. */
export const ID = 'l_01K_1';

/** The batch API of a vendor. */
export const apiOf = (vendor: string): BatchApi => {
  const { api } = VENDORS[vendor as keyof typeof VENDORS];
  if (!api.batches) throw new Error(`${vendor} has no batches`);
  return api.batches;
};

/** A body in pieces. */
export function streamed(text: string, size = 7): StreamedBody {
  const bytes = Buffer.from(text);
  return {
    byteLength: bytes.length,
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
    },
  };
}

/** The whole body, whose length is as it says. */
export async function textOf(body: HttpRequest['body']): Promise<string> {
  if (body === undefined || typeof body === 'string') return body ?? '';
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  const all = Buffer.concat(chunks);
  expect(all.length).toBe(body.byteLength);
  return all.toString();
}

/** The request of a line. */
export const request = (url: string, body = '{"model":"m"}', headers = {}): UpstreamRequest => ({
  method: 'POST',
  url,
  headers,
  body,
  dropped: [],
});

export const draftOf = (url: string, lines: string, headers = {}): BatchDraft => ({
  name: 'tg_01K_1',
  upstreamModel: 'm-1',
  url,
  headers,
  lineCount: lines.split('\n').length - 1,
  lines: streamed(lines),
});

/** One that has ended. */
export const BATCH: VendorBatch = {
  id: 'b-1',
  status: 'completed',
  isKnownStatus: true,
  end: 'completed',
  counts: undefined,
  lineCount: 1,
  inputFileId: undefined,
  name: undefined,
  createdAtMs: undefined,
  outputs: ['f-1'],
  error: undefined,
  retryLater: false,
};
