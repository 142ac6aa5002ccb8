import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ApiErrors } from '../../http/api-errors.decorator';
import type { ApiTag } from '../../http/openapi/api-tags';
import { bodyOf, eventContent, jsonContent } from '../../http/openapi/contract-schema';
import { IdempotencyHeader } from '../../idempotency/idempotency-header.decorator';

const text = (description: string, example: string) => ({ description, schema: { type: 'string' as const, example } });

/** What differs between the routes of calls. */
export interface DocumentedCall {
  tag: ApiTag;
  operation: { summary: string; description: string };
  /** What a whole response and a stream are. */
  response: string;
  schemas: { request: z.ZodType; response: z.ZodType; event?: z.ZodType };
  /** Headers of this route alone: what each says, and an example. */
  headers?: Readonly<Record<string, readonly [string, string]>>;
  /** Of requests; by default that of the schema. */
  examples?: Parameters<typeof bodyOf>[1];
}

/** Documents a route whose calls go through the pipeline. The gateway validates only the members that it reads. */
export function CallDocs({
  tag,
  operation,
  response,
  schemas,
  headers = {},
  examples,
}: DocumentedCall): MethodDecorator {
  return applyDecorators(
    ApiTags(tag),
    ApiBearerAuth(),
    IdempotencyHeader(),
    ApiOperation(operation),
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
    ApiBody(bodyOf(schemas.request, examples)),
    ApiOkResponse({
      description: response,
      content: { ...jsonContent(schemas.response), ...(schemas.event && eventContent(schemas.event)) },
      headers: {
        'x-request-id': text('The id of the call in the ledger', '01KAR5Y1MZ8R7Q3S4T5V6W7X8Y'),
        'x-cache-status': text('HIT, COALESCED, MISS, REFRESH or BYPASS', 'MISS'),
        'x-cache-key': text('The cache key of the response', 'ai_cache:team_01KAR:gpt-4.1:1:9f86d081…'),
        'x-cache-ttl': text('Seconds until the stored response expires', '604800'),
        age: text('On a hit, the age of the stored response in seconds', '42'),
        'x-gateway-provider': text('The provider of the response', 'openai'),
        'x-gateway-model': text('The model version, as the upstream names it', 'gpt-4.1-2025-04-14'),
        'x-gateway-dropped-params': text('The parameters that the vendor lacks; absent for none', 'seed, logit_bias'),
        'x-gateway-attempts': text('The number of attempts; 0 for a hit', '1'),
        'x-gateway-cost-usd': text('The cost of the call in US dollars; not on streams', '0.000218'),
        'x-gateway-saved-usd': text('The list cost less the cost, in US dollars; not on streams', '0'),
        'x-ratelimit-limit-requests': text('The key’s limit of requests per minute; absent without a limit', '60'),
        'x-ratelimit-remaining-requests': text('The requests that remain now', '59'),
        'x-ratelimit-reset-requests': text('The time until the whole limit is available again', '1s'),
        ...Object.fromEntries(Object.entries(headers).map(([name, [says, example]]) => [name, text(says, example)])),
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
