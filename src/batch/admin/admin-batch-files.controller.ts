import { Controller, Get, HttpCode, Param, Post, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyRequest } from 'fastify';
import { AuditRepository } from '../../audit/audit.repository';
import { type Caller, CurrentCaller, CurrentScope, type Scope } from '../../common/caller';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { attachmentNamed, toFileObject } from '../files/file';
import { FileForm } from '../files/file-form.docs';
import { FileUploadService } from '../files/file-upload.service';
import { AdminBatches } from './admin-batches.service';

const RESULT_LINE =
  '{"id":"batch_req_01KAR_1","custom_id":"a","response":{"status_code":200,"request_id":"01KAR5Y1","body":{"id":"chatcmpl-1"}},"error":null}\n';

/** The inputs of batches that people start, and the results of any. */
@ApiTags('Batches')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Controller('admin')
export class AdminBatchFilesController {
  constructor(
    private readonly batches: AdminBatches,
    private readonly uploads: FileUploadService,
    private readonly audit: AuditRepository,
  ) {}

  @Post('files')
  @Requires('batches:write', 'query')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Upload a file for a team',
    description:
      'As POST /v1/files: JSONL with the lines of a batch, at most 200 MB. With a session the request also needs the header ' +
      '`x-requested-with`, with any value.',
  })
  @FileForm()
  @ApiOkResponse({ description: 'The file.', standardSchema: contracts.fileSchema })
  @ApiErrors('invalid_request', 'not_found', 'request_too_large', 'unsupported_media_type')
  async upload(
    @Query({ schema: contracts.adminFileQuerySchema }) { team_id: teamId }: contracts.AdminFileQuery,
    @CurrentCaller() caller: Caller,
    @Req() request: FastifyRequest,
  ): Promise<contracts.FileObject> {
    const file = await this.uploads.receive(teamId, request, ({ id, filename, bytes }, transaction) => {
      const after = { team_id: teamId, filename, bytes };
      return this.audit.record({ actor: caller.keyId, action: 'file.uploaded', subject: id, after }, transaction);
    });
    return toFileObject(file);
  }

  @Get('batches/:id/files/:content')
  @Requires('batches:read', 'handler')
  @ApiOperation({
    summary: 'Download a file of a batch',
    description:
      '`input`, and at the end `output` and `errors`, unchanged; `results` has the lines that have ended so far, with and without ' +
      'a response, also while the batch runs.',
  })
  @ApiOkResponse({
    description: 'The content.',
    content: { 'application/octet-stream': { schema: { type: 'string', format: 'binary' }, example: RESULT_LINE } },
  })
  @ApiErrors('invalid_request', 'not_found')
  async download(
    @Param('id', { schema: contracts.pathIdSchema }) id: string,
    @Param('content', { schema: contracts.batchContentSchema }) content: contracts.BatchContent,
    @CurrentScope() scope: Scope,
  ): Promise<StreamableFile> {
    const { content: pieces, filename, bytes } = await this.batches.download(id, content, scope);
    return new StreamableFile(pieces, {
      type: 'application/octet-stream',
      ...(bytes !== undefined && { length: bytes }),
      disposition: attachmentNamed(filename),
    });
  }
}
