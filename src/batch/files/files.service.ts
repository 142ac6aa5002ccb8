import { Injectable } from '@nestjs/common';
import { type ListFilesQuery, MAX_FILE_BYTES } from '@thriftgate/contracts';
import { GatewayError } from '../../common/errors';
import { newId } from '../../common/ids';
import { ChunkWriter } from './chunk-writer';
import type { FilePurpose, StoredFile } from './file';
import { FilesRepository } from './files.repository';

/** A file that is being written, hidden until it is published. */
export interface FileDraft {
  readonly id: string;
  readonly writer: ChunkWriter;
}

/** Files of teams. Another team's file is `not_found`, so its existence stays unknown. */
@Injectable()
export class FilesService {
  constructor(private readonly repository: FilesRepository) {}

  /** Creates an empty draft; `FilesRepository.publish` publishes it. */
  async begin(teamId: string, filename: string, purpose: FilePurpose): Promise<FileDraft> {
    const id = newId('file');
    await this.repository.create({ id, teamId, filename, purpose });
    return { id, writer: new ChunkWriter((chunk, content) => this.repository.writeChunk(id, chunk, content)) };
  }

  /**
   * Writes content into a new draft.
   *
   * @throws GatewayError `request_too_large` over 200 MB; the draft is deleted
   */
  async draft(teamId: string, filename: string, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<FileDraft> {
    const draft = await this.begin(teamId, filename, 'batch');
    try {
      for await (const piece of content) {
        await draft.writer.write(piece);
        if (draft.writer.bytes > MAX_FILE_BYTES) throw tooLarge();
      }
      await draft.writer.end();
      return draft;
    } catch (error) {
      await this.repository.discard(draft.id);
      throw error;
    }
  }

  /** @throws GatewayError `not_found` */
  async get(teamId: string, fileId: string): Promise<StoredFile> {
    const file = await this.repository.find(teamId, fileId);
    if (!file) throw noFile(fileId);
    return file;
  }

  async list(teamId: string, query: ListFilesQuery): Promise<{ files: StoredFile[]; hasMore: boolean }> {
    const files = await this.repository.list(teamId, query);
    return { files: files.slice(0, query.limit), hasMore: files.length > query.limit };
  }

  /** @throws GatewayError `not_found` */
  async delete(teamId: string, fileId: string): Promise<void> {
    if (!(await this.repository.delete(teamId, fileId))) throw noFile(fileId);
  }
}

/** The error for a file over 200 MB. */
export function tooLarge(): GatewayError {
  return new GatewayError('request_too_large', { message: 'A file may have at most 200 MB.', param: 'file' });
}

function noFile(fileId: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no file '${fileId}'.`, param: 'file_id' });
}
