import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';

/** Documents the form of an upload. */
export function FileForm(): MethodDecorator {
  return applyDecorators(
    ApiConsumes('multipart/form-data'),
    ApiBody({
      schema: {
        type: 'object',
        required: ['purpose', 'file'],
        properties: {
          purpose: { type: 'string', enum: ['batch'], example: 'batch' },
          file: { type: 'string', format: 'binary' },
          'expires_after[anchor]': { type: 'string', enum: ['created_at'] },
          'expires_after[seconds]': { type: 'integer', minimum: 3_600, maximum: 2_592_000 },
        },
      },
    }),
  );
}
