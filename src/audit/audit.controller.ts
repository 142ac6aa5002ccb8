import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { pageOf } from '../common/pages';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { AuditNamesRepository } from './audit-names.repository';
import { AuditRepository } from './audit.repository';

@ApiTags('Audit')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('audit:read', 'query')
@Controller('admin/audit')
export class AuditController {
  constructor(
    private readonly audit: AuditRepository,
    private readonly names: AuditNamesRepository,
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
}
