import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { jsonContent, textContent } from '../../http/openapi/contract-schema';
import { statementCsv } from './statement-csv';
import { statementPage } from './statement-page';
import { StatementsService } from './statements.service';

const PATH_ID = { schema: contracts.pathIdSchema };
const EXAMPLE = contracts.statementSchema.meta()?.example as contracts.Statement;
const MONTH = { schema: contracts.statementMonthSchema };

@ApiTags('Credits')
@ApiBearerAuth()
@ApiErrors('invalid_request', 'invalid_api_key', 'forbidden', 'not_found')
@Requires('credits:read', 'team')
@Controller('admin/teams/:id/statements')
export class StatementsController {
  constructor(private readonly statements: StatementsService) {}

  @Get(':month')
  @ApiOperation({
    summary: "Show a team's statement of a month",
    description:
      'The opening balance, each credit, the usage by model, and the closing balance. ' +
      '`format=csv` gives a table for Excel, `format=html` a page for printing, in English or Korean.',
  })
  @ApiOkResponse({
    description: 'The statement.',
    content: {
      ...jsonContent(contracts.statementSchema),
      ...textContent('text/csv', statementCsv(EXAMPLE, 'en')),
      ...textContent('text/html'),
    },
  })
  async get(
    @Param('id', PATH_ID) id: string,
    @Param('month', MONTH) month: string,
    @Query({ schema: contracts.statementQuerySchema }) { format, lang, timezone }: contracts.StatementQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.Statement | string> {
    const statement = await this.statements.of(id, month, timezone);
    if (format === 'json') return statement;
    if (format === 'csv') {
      reply.header('content-type', 'text/csv; charset=utf-8');
      reply.header('content-disposition', `attachment; filename="statement-${month}.csv"`);
      return statementCsv(statement, lang);
    }
    reply.header('content-type', 'text/html; charset=utf-8');
    reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    return statementPage(statement, lang);
  }
}
