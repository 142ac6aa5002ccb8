import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { requestPageSchema } from '@thriftgate/contracts';
import { jsonContent, textContent } from '../../http/openapi/contract-schema';
import { ROW_COLUMNS } from './request-wire';

const DESCRIPTION =
  'The ledger: one row for each attempt, by default newest first. Every page except the last has a `next_cursor`: ' +
  'send it as `cursor`, with the same filters and `sort`, to get the next page. With filters other than team, key, ' +
  'request, batch and time, at most 50,000 rows are examined for a page: it may have fewer rows than `limit`, or none, and a ' +
  '`next_cursor`. `format=csv` gives all rows of the filters as one table, in UTF-8 with a byte order mark.';

/** Documents the list of calls in both formats. */
export function ListRequestsDocs(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'List calls', description: DESCRIPTION }),
    ApiOkResponse({
      description: 'A page of the ledger, or all rows as a table.',
      content: {
        ...jsonContent(requestPageSchema),
        ...textContent('text/csv', `\ufeff${ROW_COLUMNS.map(({ name }) => name).join(',')}\r\n`),
      },
    }),
  );
}
