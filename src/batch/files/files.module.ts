import { Module } from '@nestjs/common';
import { IdempotencyModule } from '../../idempotency/idempotency.module';
import { FileUploadService } from './file-upload.service';
import { FilesController } from './files.controller';
import { FilesRepository } from './files.repository';
import { FilesService } from './files.service';

/** Files under `/v1/files`: inputs and results of batches. */
@Module({
  imports: [IdempotencyModule],
  controllers: [FilesController],
  providers: [FilesService, FileUploadService, FilesRepository],
  exports: [FilesService, FileUploadService, FilesRepository],
})
export class FilesModule {}
