import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { IdempotencyHeader } from '../../idempotency/idempotency-header.decorator';
import { hasIdempotencyKey } from '../../idempotency/idempotency-key';
import { IdempotencyService } from '../../idempotency/idempotency.service';
import { onceJson } from '../../idempotency/idempotent-call';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../../common/caller';
import { attachmentNamed, reprDigest, toFileObject } from './file';
import { FileForm } from './file-form.docs';
import { FileUploadService } from './file-upload.service';
import { FilesRepository } from './files.repository';
import { FilesService } from './files.service';

const OUTPUT_LINE =
  '{"id":"batch_req_01KAR_1","custom_id":"a","response":{"status_code":200,"request_id":"01KAR5Y1","body":{"id":"chatcmpl-1"}},"error":null}\n';
const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Files')
@ApiBearerAuth()
@ApiErrors('invalid_api_key')
@Requires('api:use')
@Controller('v1/files')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly uploads: FileUploadService,
    private readonly repository: FilesRepository,
    private readonly idempotency: IdempotencyService,
  ) {}

  @Post()
  @HttpCode(200)
  @IdempotencyHeader()
  @ApiOperation({
    summary: 'Upload a file',
    description:
      'JSONL with the lines of a batch, at most 200 MB. It is deleted after `expires_after`, if that is given.',
  })
  @FileForm()
  @ApiOkResponse({ description: 'The file.', standardSchema: contracts.fileSchema })
  @ApiErrors('invalid_request', 'request_too_large', 'unsupported_media_type', 'rate_limit_exceeded')
  async create(
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.FileObject> {
    if (!hasIdempotencyKey(request)) return toFileObject(await this.uploads.receive(caller.teamId, request));
    return this.uploads.receiveOnce(caller.teamId, request, (content, publish) =>
      onceJson(this.idempotency, request, reply, async () => toFileObject(await publish()), content),
    );
  }

  @Get()
  @ApiOperation({ summary: 'List files', description: "The team's own uploads and the output files of its batches." })
  @ApiOkResponse({ description: 'A page of files.', standardSchema: contracts.fileListSchema })
  @ApiErrors('invalid_request')
  async list(
    @CurrentCaller() caller: Caller,
    @Query({ schema: contracts.listFilesQuerySchema }) query: contracts.ListFilesQuery,
  ): Promise<contracts.FileList> {
    const { files, hasMore } = await this.files.list(caller.teamId, query);
    const data = files.map(toFileObject);
    return {
      object: 'list',
      data,
      has_more: hasMore,
      first_id: data[0]?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
    };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a file' })
  @ApiOkResponse({ description: 'The file.', standardSchema: contracts.fileSchema })
  @ApiErrors('not_found')
  async get(@CurrentCaller() caller: Caller, @Param('id', PATH_ID) id: string): Promise<contracts.FileObject> {
    return toFileObject(await this.files.get(caller.teamId, id));
  }

  @Get(':id/content')
  @ApiOperation({ summary: 'Download a file' })
  @ApiOkResponse({
    description: 'The content of the file, unchanged.',
    headers: {
      'repr-digest': {
        description: 'SHA-256 of the content (RFC 9530), to check a download by.',
        schema: { type: 'string' },
        example: 'sha-256=:4REjxQ4yrqUVicfSKYNO/cF9zNj5ANbzgDZt3/h3Qxo=:',
      },
    },
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' }, example: OUTPUT_LINE } },
  })
  @ApiErrors('not_found')
  async content(
    @CurrentCaller() caller: Caller,
    @Param('id', PATH_ID) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const file = await this.files.get(caller.teamId, id);
    if (file.sha256 !== null) reply.header('repr-digest', reprDigest(file.sha256));
    return new StreamableFile(Readable.from(this.repository.content(file.id), { objectMode: false }), {
      type: 'application/octet-stream',
      length: file.bytes,
      disposition: attachmentNamed(file.filename),
    });
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Delete a file', description: 'Batches that read their lines from it continue.' })
  @ApiOkResponse({ description: 'The file is deleted.', standardSchema: contracts.fileDeletedSchema })
  @ApiErrors('not_found')
  async delete(@CurrentCaller() caller: Caller, @Param('id', PATH_ID) id: string): Promise<contracts.FileDeleted> {
    await this.files.delete(caller.teamId, id);
    return { id, object: 'file', deleted: true };
  }
}
