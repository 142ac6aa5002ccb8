import { Injectable } from '@nestjs/common';
import { MAX_FILE_BYTES } from '@thriftgate/contracts';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../common/errors';
import { cleanFilename, type StoredFile } from './file';
import { FilesRepository } from './files.repository';
import { FilesService, tooLarge } from './files.service';
import { invalid, type NamedDraft, UploadForm } from './upload-form';

const MAX_PARTS = 20;
/** Beyond the size limit the rest is read and discarded: a client that still sends would not read the response. */
const UPLOAD_OPTIONS = {
  limits: { fileSize: MAX_FILE_BYTES, fieldSize: 1024, parts: MAX_PARTS, files: MAX_PARTS },
  throwFileSizeLimit: false,
};
/** The parser's messages for a truncated form and for a body that is no form; these errors have no code. */
const MALFORMED = /^Multipart: Boundary not found|unexpected end of multipart data$/i;

interface Upload {
  draft: NamedDraft;
  expiresAfterSeconds: number | undefined;
}

/** Streams an uploaded file from its form into storage, 64 KiB at a time. */
@Injectable()
export class FileUploadService {
  constructor(
    private readonly files: FilesService,
    private readonly repository: FilesRepository,
  ) {}

  /**
   * Stores the file of a form with the members `purpose`, `file` and `expires_after`, in any order.
   *
   * @param alongside runs in the transaction that publishes the file
   * @throws GatewayError that names the invalid member; the content received so far is deleted
   */
  async receive(
    teamId: string,
    request: FastifyRequest,
    alongside?: Parameters<FilesRepository['publishWith']>[2],
  ): Promise<StoredFile> {
    const upload = await this.draft(teamId, request);
    return alongside ? this.repository.publishWith(...publication(upload), alongside) : this.publish(upload);
  }

  /**
   * Like {@link receive}, but `decide` gets the upload first and decides whether to publish it.
   *
   * @param decide gets the identity of the upload: its filename, a hash of its content, and its expiry if it has one
   */
  async receiveOnce<T>(
    teamId: string,
    request: FastifyRequest,
    decide: (content: unknown, publish: () => Promise<StoredFile>) => Promise<T>,
  ): Promise<T> {
    const upload = await this.draft(teamId, request);
    const { draft, expiresAfterSeconds } = upload;
    const content = [draft.filename, draft.writer.facts().sha256, expiresAfterSeconds].filter(
      (part) => part !== undefined,
    );
    try {
      return await decide(content, () => this.publish(upload));
    } finally {
      // Only a draft that was not published can be discarded.
      await this.repository.discard(draft.id);
    }
  }

  private publish(upload: Upload): Promise<StoredFile> {
    return this.repository.publish(...publication(upload));
  }

  private async draft(teamId: string, request: FastifyRequest): Promise<Upload> {
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
          form.draft = { ...(await this.files.draft(teamId, filename, part.file)), filename };
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

/** What a draft is published by: its id and the facts of its content. */
function publication({ draft, expiresAfterSeconds }: Upload) {
  return [draft.id, { ...draft.writer.facts(), expiresAfterSeconds }] as const;
}

function isMalformed(error: unknown): boolean {
  return error instanceof Error && MALFORMED.test(error.message);
}

function malformed(cause: unknown): GatewayError {
  const message =
    'The body is not a complete multipart/form-data form: content-type names no boundary, or the form is truncated.';
  return new GatewayError('invalid_request', { message, cause });
}
