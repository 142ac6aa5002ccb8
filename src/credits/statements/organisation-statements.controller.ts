import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { jsonContent, textContent } from '../../http/openapi/contract-schema';
import { organisationCsv } from './statement-csv';
import { StatementsService } from './statements.service';

const EXAMPLE = contracts.organisationStatementSchema.meta()?.example as contracts.OrganisationStatement;

@ApiTags('Credits')
@ApiBearerAuth()
@ApiErrors('invalid_request', 'invalid_api_key', 'forbidden')
@Requires('credits:read')
@Controller('admin/statements')
export class OrganisationStatementsController {
  constructor(private readonly statements: StatementsService) {}

  @Get(':month')
  @ApiOperation({
    summary: 'Show the statement of a month of all teams',
    description:
      'Each team that has a balance, credits or calls, also a deleted one, and the sums of all. `format=csv` gives a table for Excel.',
  })
  @ApiOkResponse({
    description: 'The statement.',
    content: {
      ...jsonContent(contracts.organisationStatementSchema),
      ...textContent('text/csv', organisationCsv(EXAMPLE, 'en')),
    },
  })
  async get(
    @Param('month', { schema: contracts.statementMonthSchema }) month: string,
    @Query({ schema: contracts.organisationStatementQuerySchema })
    { format, lang, timezone }: contracts.OrganisationStatementQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.OrganisationStatement | string> {
    const statement = await this.statements.ofAll(month, timezone);
    if (format === 'json') return statement;
    reply.header('content-type', 'text/csv; charset=utf-8');
    reply.header('content-disposition', `attachment; filename="statement-${month}.csv"`);
    return organisationCsv(statement, lang);
  }
}
