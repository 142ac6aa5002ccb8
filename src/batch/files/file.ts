import type { FileObject } from '@thriftgate/contracts';

/** The purpose of a file: teams upload `batch`, the gateway writes `batch_output`. */
export type FilePurpose = 'batch' | 'batch_output';

/** A file with complete content. */
export interface StoredFile {
  id: string;
  teamId: string;
  filename: string;
  purpose: FilePurpose;
  bytes: number;
  /** SHA-256 of the content, in hex. Null of files from versions that did not hash. */
  sha256: string | null;
  createdAt: Date;
  /** Null keeps the file until it is deleted. */
  expiresAt: Date | null;
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
    ...(file.sha256 !== null && { gateway: { sha256: file.sha256 } }),
    ...(file.expiresAt && { expires_at: Math.floor(file.expiresAt.getTime() / 1000) }),
  };
}

/** A filename that can be stored and sent: without characters that a database or a header refuses, and of limited length. */
export function cleanFilename(filename: string | undefined): string {
  const cleaned = (filename ?? '').replace(/[\p{Cc}\p{Cs}]/gu, '').slice(0, 255);
  return cleaned === '' ? 'upload.jsonl' : cleaned;
}

/** The value of the header `content-disposition` of a download. */
export function attachmentNamed(filename: string): string {
  return `attachment; filename="${filename.replace(/[^\w.-]/g, '_')}"`;
}

/** The value of the header `repr-digest`. @see https://www.rfc-editor.org/rfc/rfc9530 */
export function reprDigest(sha256: string): string {
  return `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`;
}
