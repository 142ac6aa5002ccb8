import { Injectable } from '@nestjs/common';
import { MAX_FILE_BYTES } from '@thriftgate/contracts';
import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../common/errors';
import { cleanFilename, type StoredFile } from './file';
import { FilesRepository } from './files.repository';
import { type FileDraft, FilesService, tooLarge } from './files.service';

/** Over the limit the rest is read and thrown away, so that the client gets to read the answer. */
const UPLOAD_OPTIONS = { limits: { fileSize: MAX_FILE_BYTES, fieldSize: 1024, parts: 20 }, throwFileSizeLimit: false };

/** Takes a file out of a form as it comes in, a megabyte at a time. */
@Injectable()
export class FileUploadService {
  constructor(
    private readonly files: FilesService,
    private readonly repository: FilesRepository,
  ) {}

  /**
   * Reads a form with the members `purpose` and `file`, in any order.
   *
   * @throws GatewayError that names the member which is wrong; nothing of the file is left then
   */
  async receive(teamId: string, request: FastifyRequest): Promise<StoredFile> {
    if (!request.isMultipart()) {
      const message = 'Send multipart/form-data with the members purpose and file.';
      throw new GatewayError('unsupported_media_type', { message });
    }
    const form = new UploadForm();
    try {
      for await (const part of request.parts(UPLOAD_OPTIONS)) {
        if (part.type === 'field') form.addField(part.fieldname, part.value);
        else if (part.fieldname === 'file' && !form.draft && !form.problem) {
          form.draft = await this.files.draft(teamId, cleanFilename(part.filename), part.file);
          if (part.file.truncated) form.refuse(tooLarge());
        } else {
          part.file.resume();
          form.refuse(invalid(part.fieldname, 'There must be one file, in the member file.'));
        }
      }
      const draft = form.finish();
      return await this.repository.publish(draft.id, draft.writer.bytes);
    } catch (error) {
      if (form.draft) await this.repository.discard(form.draft.id);
      throw error;
    }
  }
}

/** What came of the form so far. The first problem is told once the whole of it is read. */
class UploadForm {
  draft: FileDraft | undefined;
  problem: GatewayError | undefined;
  private hasPurpose = false;

  addField(name: string, value: unknown): void {
    if (name !== 'purpose') {
      this.refuse(invalid(name, `'${name}' is not known here; send purpose and file.`));
    } else if (value !== 'batch') {
      this.refuse(invalid('purpose', `'purpose': must be batch; this gateway keeps files for batches only.`));
    } else this.hasPurpose = true;
  }

  refuse(problem: GatewayError): void {
    this.problem ??= problem;
  }

  finish(): FileDraft {
    if (!this.hasPurpose) this.refuse(invalid('purpose', `'purpose': is missing; it must be batch.`));
    if (!this.draft) this.refuse(invalid('file', `'file': is missing.`));
    else if (this.draft.writer.bytes === 0) this.refuse(invalid('file', `'file': is empty.`));
    if (this.problem || !this.draft) throw this.problem;
    return this.draft;
  }
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', { message, param });
}
