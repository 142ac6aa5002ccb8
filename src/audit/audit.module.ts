import { Module } from '@nestjs/common';
import { AuditNamesRepository } from './audit-names.repository';
import { AuditController } from './audit.controller';
import { AuditRepository } from './audit.repository';

/** The audit of administrative changes. */
@Module({
  controllers: [AuditController],
  providers: [AuditRepository, AuditNamesRepository],
  exports: [AuditRepository],
})
export class AuditModule {}
