import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { responseEventSchema, responseSchema, responsesRequestSchema } from '@thriftgate/contracts';
import { IdempotencyHeader } from '../idempotency/idempotency-header.decorator';
import { ApiErrors } from '../http/api-errors.decorator';
import type { ApiTag } from '../http/openapi/api-tags';
import { bodyOf, eventContent, jsonContent } from '../http/openapi/contract-schema';

const TAG: ApiTag = 'Responses';

const DESCRIPTION = `OpenAI’s Responses, for any model of any provider. Models of OpenAI get the request as it is, and their response passes
unchanged. For models of other vendors the gateway translates texts, images, files, function tools, structured output and
reasoning; what such a model cannot do is 400 \`unsupported_parameter\`, and \`param\` names it.

With \`stream: true\` the response is a stream of named events whose \`sequence_number\` counts from 0. The last one is
\`response.completed\`, \`response.incomplete\` or \`response.failed\`, with the whole response; \`usage.gateway\` in it has the cost.

The gateway stores no responses: \`previous_response_id\`, \`conversation\`, \`prompt\`, \`background: true\` and items of type
\`item_reference\` are 400. Send the earlier items in \`input\`, with \`include: ["reasoning.encrypted_content"]\` to keep reasoning.

Requests that are equal to an earlier one get the response from the cache, as chat completions do.`;

const EXAMPLES = {
  text: { summary: 'A question', value: { model: 'gpt-4.1', input: 'Why is the sky blue?' } },
  tools: {
    summary: 'A function tool, and a stream',
    value: {
      model: 'gpt-4.1',
      instructions: 'Answer in one sentence.',
      input: [{ role: 'user', content: 'What is the weather in Seoul?' }],
      tools: [
        {
          type: 'function',
          name: 'weather',
          parameters: {
            type: 'object',
            properties: { city: { type: 'string' } },
            required: ['city'],
            additionalProperties: false,
          },
        },
      ],
      stream: true,
    },
  },
};

const text = (description: string, example: string) => ({ description, schema: { type: 'string' as const, example } });

/** Documents Responses. The gateway validates only the members that it reads. */
export function ResponsesDocs(): MethodDecorator {
  return applyDecorators(
    ApiTags(TAG),
    ApiBearerAuth(),
    IdempotencyHeader(),
    ApiOperation({ summary: 'Create a response', description: DESCRIPTION }),
    ApiHeader({
      name: 'Cache-Control',
      required: false,
      description: 'no-cache, no-store, max-age=N or only-if-cached (a miss is then 504)',
    }),
    ApiHeader({ name: 'x-gateway-tags', required: false, description: 'Names for reports, separated by commas' }),
    ApiHeader({
      name: 'x-gateway-strict',
      required: false,
      description: 'true: a parameter that the vendor lacks is an error, and not dropped',
    }),
    ApiBody(bodyOf(responsesRequestSchema, EXAMPLES)),
    ApiOkResponse({
      description: 'The response, or with `stream: true` its events, each the data of a server-sent event.',
      content: { ...jsonContent(responseSchema), ...eventContent(responseEventSchema) },
      headers: {
        'x-request-id': text('The id of the call in the ledger', '01KAR5Y1MZ8R7Q3S4T5V6W7X8Y'),
        'x-cache-status': text('HIT, COALESCED, MISS, REFRESH or BYPASS', 'MISS'),
        'x-gateway-provider': text('The provider of the response', 'openai'),
        'x-gateway-model': text('The model version, as the upstream names it', 'gpt-4.1-2025-04-14'),
        'x-gateway-dropped-params': text('The parameters that the vendor lacks; absent for none', 'truncation'),
        'x-gateway-cost-usd': text('The cost of the call in US dollars; not on streams', '0.000218'),
        'x-gateway-saved-usd': text('The list cost less the cost, in US dollars; not on streams', '0'),
      },
    }),
    ApiErrors(
      'invalid_request',
      'invalid_json',
      'invalid_api_key',
      'budget_exceeded',
      'model_not_allowed',
      'cache_control_not_allowed',
      'model_not_found',
      'request_too_large',
      'unsupported_parameter',
      'rate_limit_exceeded',
      'budget_reserved',
      'upstream_error',
      'unavailable',
      'cache_only_miss',
      'upstream_timeout',
    ),
  );
}
