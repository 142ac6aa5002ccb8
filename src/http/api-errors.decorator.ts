import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from '../common/error-table';
import { ERROR_MEMBER } from './openapi/error-responses';

/**
 * Documents the errors of a route, or of each route of a controller, in addition to the errors of all routes. Codes of
 * several decorators add up.
 */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...codes.map((code) => ApiExtension(ERROR_MEMBER + code, true)));
}
