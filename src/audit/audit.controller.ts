import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { pageOf } from '../common/pages';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { AuditNamesRepository } from './audit-names.repository';
import { AuditRepository } from './audit.repository';
import { ChainVerification } from './chain-verification.service';

@ApiTags('Audit')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('audit:read', 'query')
@Controller('admin/audit')
export class AuditController {
  constructor(
    private readonly audit: AuditRepository,
    private readonly names: AuditNamesRepository,
    private readonly chain: ChainVerification,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List audit events',
    description:
      'Newest first: every change under /admin with its actor and the object before and after, without secrets; and actions ' +
      'of the gateway itself (actor `gateway`). Team admins see what concerns their team. Keys, teams and the owners of budgets ' +
      'have their names, as they are now, beside their ids.',
  })
  @ApiOkResponse({ description: 'A page of events.', standardSchema: contracts.auditPageSchema })
  @ApiErrors('invalid_request')
  async list(
    @Query({ schema: contracts.listAuditQuerySchema }) query: contracts.ListAuditQuery,
  ): Promise<contracts.AuditPage> {
    const { limit, cursor, ...filter } = query;
    const { data, next_cursor } = pageOf(await this.audit.list(filter, cursor, limit + 1), limit);
    const named = await this.names.withNames(data);
    return {
      data: named.map(({ createdAt, ...event }) => ({ ...event, created_at: createdAt.toISOString() })),
      next_cursor,
    };
  }

  @Get('verify')
  @Requires('audit:verify')
  @ApiOperation({
    summary: 'Verify the audit',
    description:
      'Each event has the hash of the event before it: the chain is read from its first entry on, every hash is computed anew, and the ' +
      'first entry that was changed, inserted or removed is named. An `anchor` that was kept elsewhere also shows a chain that was cut ' +
      'off or computed anew. Reads the whole chain.',
  })
  @ApiOkResponse({ description: 'What was read.', standardSchema: contracts.auditVerificationSchema })
  @ApiErrors('invalid_request')
  verify(
    @Query({ schema: contracts.verifyAuditQuerySchema }) query: contracts.VerifyAuditQuery,
  ): Promise<contracts.AuditVerification> {
    return this.chain.verify(query.max_age_seconds, query.anchor);
  }
}
