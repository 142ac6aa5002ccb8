import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { errorBodySchema } from '@thriftgate/contracts';
import type { ErrorCode } from '../common/error-table';
import { GatewayError } from '../common/errors';

/** Documents which errors a route can answer, each with its status and an example out of the table of errors. */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  const byStatus = new Map<number, GatewayError[]>();
  for (const error of codes.map((code) => new GatewayError(code))) {
    byStatus.set(error.status, [...(byStatus.get(error.status) ?? []), error]);
  }
  return applyDecorators(
    ...[...byStatus].map(([status, errors]) =>
      ApiResponse({
        status,
        description: errors.map((error) => error.message).join(' '),
        standardSchema: errorBodySchema,
        examples: Object.fromEntries(
          errors.map((error) => [error.code, { summary: error.message, value: error.toBody() }]),
        ),
      }),
    ),
  );
}
