import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { messageEventSchema, messageSchema, messagesRequestSchema, tokenCountSchema } from '@thriftgate/contracts';
import { CallDocs } from '../calls/responses/call-docs';
import { ApiErrors } from '../http/api-errors.decorator';
import { bodyOf } from '../http/openapi/contract-schema';

const DESCRIPTION = `Anthropic’s request and response, for any model of any provider, for clients as Claude Code: set the gateway’s
address as \`ANTHROPIC_BASE_URL\` and a gateway key as \`ANTHROPIC_AUTH_TOKEN\` or \`ANTHROPIC_API_KEY\`. For Claude models, bytes pass through in
both directions, with unknown members and the betas of \`anthropic-beta\`. For other models the request is translated: what such a
model lacks stands in \`x-gateway-dropped-params\`, or is a 422 if the response would differ.

With \`stream: true\` the response is a stream of server-sent events that ends with \`message_stop\`, or with an \`error\` event if the
provider fails; the last \`message_delta\` has the cost in \`usage.gateway\`. Errors have Anthropic’s shape.`;

const COUNT_DESCRIPTION = `Anthropic’s own count for Claude models, from the first deployment that answers. Where none counts or answers, the
gateway’s estimate, with the header \`x-gateway-estimated: true\`. Costs nothing and asks no model. \`max_tokens\` is not needed.`;

/** Documents messages. */
export function MessagesDocs(): MethodDecorator {
  return CallDocs({
    tag: 'Messages',
    operation: { summary: 'Create a message', description: DESCRIPTION },
    response: 'The message, or with `stream: true` its events.',
    schemas: { request: messagesRequestSchema, response: messageSchema, event: messageEventSchema },
  });
}

/** Documents the count of tokens. */
export function CountDocs(): MethodDecorator {
  return applyDecorators(
    ApiTags('Messages'),
    ApiBearerAuth(),
    ApiOperation({ summary: 'Count the tokens of a message', description: COUNT_DESCRIPTION }),
    ApiBody(bodyOf(messagesRequestSchema)),
    ApiOkResponse({ description: 'The tokens of the input.', standardSchema: tokenCountSchema }),
    ApiErrors(
      'invalid_request',
      'invalid_json',
      'invalid_api_key',
      'model_not_allowed',
      'model_not_found',
      'request_too_large',
      'rate_limit_exceeded',
      'upstream_error',
    ),
  );
}
