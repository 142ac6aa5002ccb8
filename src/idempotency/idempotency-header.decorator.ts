import { applyDecorators } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { ApiErrors } from '../http/api-errors.decorator';

/** Documents `Idempotency-Key` on a route that honours it. */
export function IdempotencyHeader(): MethodDecorator {
  return applyDecorators(
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      description:
        'Sent again with the same key and body within 24 hours, the call is not made again and gets the same answer. See docs/idempotency.md.',
    }),
    ApiErrors('idempotency_key_reused', 'idempotency_result_unknown'),
  );
}
