import { createHash, type Hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { MAX_FILE_BYTES } from '@thriftgate/contracts';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../common/errors';
import { cleanFilename, type StoredFile } from './file';
import { FilesRepository } from './files.repository';
import { type FileDraft, FilesService, tooLarge } from './files.service';

const MAX_PARTS = 20;
/** Beyond the size limit the rest is read and discarded: a client that still sends would not read the response. */
const UPLOAD_OPTIONS = {
  limits: { fileSize: MAX_FILE_BYTES, fieldSize: 1024, parts: MAX_PARTS, files: MAX_PARTS },
  throwFileSizeLimit: false,
};
/** The parser's messages for a truncated form and for a body that is no form; these errors have no code. */
const MALFORMED = /^Multipart: Boundary not found|unexpected end of multipart data$/i;

/** Streams an uploaded file from its form into storage, a megabyte at a time. */
@Injectable()
export class FileUploadService {
  constructor(
    private readonly files: FilesService,
    private readonly repository: FilesRepository,
  ) {}

  /**
   * Stores the file of a form with the members `purpose` and `file`, in any order.
   *
   * @throws GatewayError that names the invalid member; the content received so far is deleted
   */
  async receive(teamId: string, request: FastifyRequest): Promise<StoredFile> {
    return this.publish(await this.draft(teamId, request));
  }

  /**
   * Like {@link receive}, but `decide` gets the upload first and decides whether to publish it.
   *
   * @param decide gets the identity of the upload: its filename and a hash of its content
   */
  async receiveOnce<T>(
    teamId: string,
    request: FastifyRequest,
    decide: (content: unknown, publish: () => Promise<StoredFile>) => Promise<T>,
  ): Promise<T> {
    const hash = createHash('sha256');
    const draft = await this.draft(teamId, request, hash);
    try {
      return await decide([draft.filename, hash.digest('base64url')], () => this.publish(draft));
    } finally {
      // Only a draft that was not published can be discarded.
      await this.repository.discard(draft.id);
    }
  }

  private publish({ id, writer }: FileDraft): Promise<StoredFile> {
    return this.repository.publish(id, writer.bytes);
  }

  private async draft(teamId: string, request: FastifyRequest, hash?: Hash): Promise<NamedDraft> {
    if (!request.isMultipart()) {
      const message = 'Send multipart/form-data with the members purpose and file.';
      throw new GatewayError('unsupported_media_type', { message });
    }
    const form = new UploadForm();
    try {
      for await (const part of request.parts(UPLOAD_OPTIONS)) {
        form.checkText(part.fieldname, part.type === 'field' ? part.value : part.filename);
        if (part.type === 'field') form.addField(part.fieldname, part.value);
        else if (part.fieldname === 'file' && !form.draft && !form.problem) {
          const filename = cleanFilename(part.filename);
          const content = hash ? hashed(part.file, hash) : part.file;
          form.draft = { ...(await this.files.draft(teamId, filename, content)), filename };
          if (part.file.truncated) form.refuse(tooLarge());
        } else {
          part.file.resume();
          form.refuse(invalid(part.fieldname, 'Send exactly one file, in the member file.'));
        }
      }
      return form.finish();
    } catch (error) {
      if (form.draft) await this.repository.discard(form.draft.id);
      throw isMalformed(error) ? malformed(error) : error;
    }
  }
}

type NamedDraft = FileDraft & { filename: string };

async function* hashed(content: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer, void, undefined> {
  for await (const piece of content) {
    hash.update(piece);
    yield piece;
  }
}

/** The members of a form read so far. The first problem is thrown after the whole form is read. */
class UploadForm {
  draft: NamedDraft | undefined;
  problem: GatewayError | undefined;
  private hasPurpose = false;

  /** The parser of forms puts U+FFFD in place of bytes that are no UTF-8. */
  checkText(...texts: unknown[]): void {
    if (!texts.some((text) => typeof text === 'string' && text.includes('\ufffd'))) return;
    const message = 'A name or a value of the form is not UTF-8. Convert it, as from EUC-KR or CP949, before sending.';
    this.refuse(new GatewayError('invalid_request', { message }));
  }

  addField(name: string, value: unknown): void {
    if (name !== 'purpose') {
      this.refuse(invalid(name, `'${name}' is an unknown member; send purpose and file.`));
    } else if (value !== 'batch') {
      this.refuse(invalid('purpose', `'purpose': must be batch; this gateway stores files for batches only.`));
    } else this.hasPurpose = true;
  }

  refuse(problem: GatewayError): void {
    this.problem ??= problem;
  }

  finish(): NamedDraft {
    if (!this.hasPurpose) this.refuse(invalid('purpose', `'purpose': is missing; it must be batch.`));
    if (!this.draft) this.refuse(invalid('file', `'file': is missing.`));
    else if (this.draft.writer.bytes === 0) this.refuse(invalid('file', `'file': is empty.`));
    if (this.problem || !this.draft) throw this.problem;
    return this.draft;
  }
}

function isMalformed(error: unknown): boolean {
  return error instanceof Error && MALFORMED.test(error.message);
}

function malformed(cause: unknown): GatewayError {
  const message =
    'The body is not a complete multipart/form-data form: content-type names no boundary, or the form is truncated.';
  return new GatewayError('invalid_request', { message, cause });
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', { message, param });
}
