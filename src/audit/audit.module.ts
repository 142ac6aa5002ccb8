import { Module } from '@nestjs/common';
import { AnchorLog } from './anchor-log.service';
import { AnchorSigner } from './anchor-signer.service';
import { AuditNamesRepository } from './audit-names.repository';
import { AuditController } from './audit.controller';
import { AuditRepository } from './audit.repository';
import { ChainVerification } from './chain-verification.service';
import { ChainRepository } from './chain.repository';

/** The audit of administrative changes, a chain of hashes. */
@Module({
  controllers: [AuditController],
  providers: [AuditRepository, AuditNamesRepository, ChainRepository, ChainVerification, AnchorSigner, AnchorLog],
  exports: [AuditRepository],
})
export class AuditModule {}
