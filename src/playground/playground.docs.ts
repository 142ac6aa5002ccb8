import { applyDecorators } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import { chatCompletionChunkSchema, chatCompletionSchema, chatRequestSchema } from '@thriftgate/contracts';
import { CallDocs } from '../calls/responses/call-docs';
import { ApiErrors } from '../http/api-errors.decorator';

const DESCRIPTION = `The same as \`/v1/chat/completions\`, for people who are signed in. A member pays with the key that it signed in with. For
other roles the team \`team_id\` pays, with a key named \`console playground\` that the gateway makes at the first call and whose text
it does not keep: its limits and budgets apply, and revoking it ends running calls. The call has the tag \`playground\`, costs what any
call costs, and is in the audit with who made it.`;

/** Documents calls of the playground. */
export function PlaygroundChatDocs(): MethodDecorator {
  return applyDecorators(
    CallDocs({
      tag: 'Playground',
      operation: { summary: 'Try a chat completion', description: DESCRIPTION },
      response: 'The completion, or with `stream: true` its chunks, each the data of a server-sent event.',
      schemas: { request: chatRequestSchema, response: chatCompletionSchema, event: chatCompletionChunkSchema },
    }),
    ApiQuery({ name: 'team_id', required: false, description: 'The team that pays; required for a platform_admin' }),
    ApiErrors('forbidden', 'not_found'),
  );
}
