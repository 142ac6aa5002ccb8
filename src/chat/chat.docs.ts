import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { chatCompletionChunkSchema, chatCompletionSchema, chatRequestSchema } from '@thriftgate/contracts';
import { IdempotencyHeader } from '../idempotency/idempotency-header.decorator';
import { ApiErrors } from '../http/api-errors.decorator';
import { bodyOf, eventContent, jsonContent } from '../http/openapi/contract-schema';

const DESCRIPTION = `OpenAI’s request and answer, for any model of any provider. Members that the gateway does not know pass through,
both ways. With \`stream: true\` the answer is a stream of server-sent events that ends with \`[DONE]\`; where the provider breaks
off, an event with an \`error\` comes in its place.

An identical question of the same team, or of one that shares with it, is answered from the cache: \`cached\` is true and
\`x-cache-status\` is \`HIT\`. The cache headers of Cloudflare, Portkey and OpenRouter are read too, and answered with theirs.`;

const text = (description: string, example: string) => ({ description, schema: { type: 'string' as const, example } });

/** Documents chat completions. Of the body, the gateway validates only the members that it reads; the provider judges the rest. */
export function ChatDocs(): MethodDecorator {
  return applyDecorators(
    ApiTags('Chat'),
    ApiBearerAuth(),
    IdempotencyHeader(),
    ApiOperation({ summary: 'Ask a model', description: DESCRIPTION }),
    ApiHeader({
      name: 'Cache-Control',
      required: false,
      description: 'no-cache, no-store, max-age=N or only-if-cached (a miss is then 504)',
    }),
    ApiHeader({ name: 'x-gateway-tags', required: false, description: 'Names for reports, separated by commas' }),
    ApiBody(bodyOf(chatRequestSchema)),
    ApiOkResponse({
      description: 'The completion, or with `stream: true` its chunks, each the data of a server-sent event.',
      content: { ...jsonContent(chatCompletionSchema), ...eventContent(chatCompletionChunkSchema) },
      headers: {
        'x-request-id': text('Names this call in the ledger', '01KAR5Y1MZ8R7Q3S4T5V6W7X8Y'),
        'x-cache-status': text('HIT, MISS, REFRESH or BYPASS', 'MISS'),
        'x-cache-key': text('Where the answer is kept', 'ai_cache:team_01KAR:gpt-4.1:1:9f86d081…'),
        'x-cache-ttl': text('Seconds for which the answer is kept', '604800'),
        age: text('On a hit, how many seconds ago the answer was written', '42'),
        'x-gateway-provider': text('Who answered', 'openai'),
        'x-gateway-model': text('The model version that answered', 'gpt-4.1-2025-04-14'),
        'x-gateway-attempts': text('How many tries it took; 0 for a hit', '1'),
        'x-gateway-cost-usd': text('What the call cost; not on streams', '0.000218'),
        'x-gateway-saved-usd': text('What was saved; not on streams', '0'),
        'x-ratelimit-limit-requests': text('Where the key has a limit: requests a minute', '60'),
        'x-ratelimit-remaining-requests': text('How many are left now', '59'),
        'x-ratelimit-reset-requests': text('When all are there again', '1s'),
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
      'rate_limit_exceeded',
      'upstream_error',
      'unavailable',
      'cache_only_miss',
      'upstream_timeout',
    ),
  );
}
