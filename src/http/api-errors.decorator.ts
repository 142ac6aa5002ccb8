import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { ErrorCode } from '../common/error-table';
import { ERROR_MEMBER } from './openapi/error-responses';

/**
 * Documents which errors a route, or each route of a controller, can answer beside those that every route can. Codes add
 * up, wherever they are named.
 */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator & ClassDecorator {
  return applyDecorators(...codes.map((code) => ApiExtension(ERROR_MEMBER + code, true)));
}
