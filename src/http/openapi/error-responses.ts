import type { OpenAPIObject } from '@nestjs/swagger';
import { budgetExceededBodySchema, errorBodySchema } from '@thriftgate/contracts';
import { ERROR_TABLE, type ErrorCode } from '../../common/error-table';
import { GatewayError, type GatewayErrorDetails } from '../../common/errors';
import { jsonSchemaOf } from './contract-schema';

/** Prefix of the operation members that name its errors; {@link documentErrors} replaces them by responses. */
export const ERROR_MEMBER = 'x-error-';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Response = Operation['responses'][string];

const ERROR_CODES = Object.keys(ERROR_TABLE) as ErrorCode[];
const BUDGET = 'budget_01KAS6B3C5D7E9F1G3H5J7K9M1';
const SCOPE = 'team:team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE';

/** Details of errors that never use the message of their table row. */
export const ERROR_EXAMPLES: Partial<Record<ErrorCode, GatewayErrorDetails>> = {
  budget_exceeded: budgetExample(
    '99.98',
    '0.0132',
    'It resets at 2026-11-30T15:00:00.000Z. Ask an administrator for more',
  ),
  budget_reserved: budgetExample('60.5', '39.49', 'Try again when running calls have ended'),
};

function budgetExample(spent: string, reserved: string, advice: string): GatewayErrorDetails {
  return {
    message:
      `The budget ${BUDGET} of ${SCOPE} has no room for this call: limit $100, spent $${spent}, reserved $${reserved}, ` +
      `needed at worst $0.0328. ${advice}, or set max_completion_tokens to need less.`,
    param: SCOPE,
    members: {
      budget_id: BUDGET,
      scope: SCOPE,
      limit_usd: '100',
      spent_usd: spent,
      reserved_usd: reserved,
      resets_at: '2026-11-30T15:00:00.000Z',
    },
  };
}

/**
 * Documents the errors of an operation: its own and those of all routes of its kind.
 *
 * @param responses `components.responses`; missing ones are added
 */
export function documentErrors(operation: Operation, responses: Record<string, Response>): void {
  const codes = new Set(commonErrors(operation));
  for (const code of ERROR_CODES) {
    if (Reflect.has(operation, ERROR_MEMBER + code)) codes.add(code);
    Reflect.deleteProperty(operation, ERROR_MEMBER + code);
  }
  const byStatus = new Map<number, GatewayError[]>();
  for (const code of ERROR_CODES.filter((each) => codes.has(each))) {
    const error = new GatewayError(code, ERROR_EXAMPLES[code]);
    byStatus.set(error.status, [...(byStatus.get(error.status) ?? []), error]);
  }
  for (const [status, errors] of byStatus) {
    const name = errors.map(({ code }) => code).join('.');
    responses[name] ??= errorResponse(errors);
    operation.responses[status] ??= { $ref: `#/components/responses/${name}` };
  }
}

/** Errors of many routes: an unreadable body, an invalid parameter, an unavailable database. */
function* commonErrors({ parameters, requestBody, security }: Operation): Generator<ErrorCode> {
  if (parameters?.length || requestBody) yield 'invalid_request';
  if (requestBody) yield 'request_too_large';
  if (requestBody && 'content' in requestBody && 'application/json' in requestBody.content) yield 'invalid_json';
  if (security?.length) yield* ['internal_error', 'unavailable'] as const;
}

function errorResponse(errors: readonly GatewayError[]): Response {
  const contract = errors.every(({ code }) => code === 'budget_exceeded') ? budgetExceededBodySchema : errorBodySchema;
  const examples = errors.map((error) => [error.code, { summary: summaryOf(error), value: error.toBody() }]);
  const retryAfter = errors.find(({ retryAfterSeconds }) => retryAfterSeconds !== undefined)?.retryAfterSeconds;
  return {
    // Descriptions are Markdown, where __proto__ is bold.
    description: errors.map(summaryOf).join(' ').replaceAll('__', '\\_\\_'),
    ...(retryAfter !== undefined && { headers: { 'Retry-After': retryAfterHeader(retryAfter) } }),
    content: {
      'application/json': { schema: jsonSchemaOf(contract, 'output'), examples: Object.fromEntries(examples) },
    },
  };
}

/** The message of the table row. */
const summaryOf = ({ code }: GatewayError): string => new GatewayError(code).message;

const retryAfterHeader = (example: number) => ({
  description: 'Seconds to wait before the next request',
  schema: { type: 'integer' as const, example },
});
