import type { FileObject } from '@thriftgate/contracts';

/** What files are for: `batch` is brought by teams, `batch_output` is written by the gateway. */
export type FilePurpose = 'batch' | 'batch_output';

/** A file whose content is whole. */
export interface StoredFile {
  id: string;
  teamId: string;
  filename: string;
  purpose: FilePurpose;
  bytes: number;
  createdAt: Date;
}

/** A file as OpenAI describes it. @see https://platform.openai.com/docs/api-reference/files/object */
export function toFileObject(file: StoredFile): FileObject {
  return {
    id: file.id,
    object: 'file',
    bytes: file.bytes,
    created_at: Math.floor(file.createdAt.getTime() / 1000),
    filename: file.filename,
    purpose: file.purpose,
    status: 'processed',
  };
}

/** A filename as it can be kept: without what a database or a header cannot carry, and not too long. */
export function cleanFilename(filename: string | undefined): string {
  const cleaned = (filename ?? '').replace(/[\p{Cc}\p{Cs}]/gu, '').slice(0, 255);
  return cleaned === '' ? 'upload.jsonl' : cleaned;
}
