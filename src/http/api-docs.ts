import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { errorBodySchema } from '@thriftgate/contracts';
import { z } from 'zod';
import type { ErrorCode } from '../common/error-table';
import { GatewayError } from '../common/errors';

const DESCRIPTION = `One OpenAI-compatible address for the models of all vendors. Identical questions are answered from a cache
that knows which model version wrote each answer, batches run at their own pace, and every call is in a ledger with its cost.

**Applications** use \`/v1\` with a key of their team as \`Authorization: Bearer sk-tg-…\`; **administrators** use \`/admin\`.
Every answer has an \`x-request-id\`. Errors are in OpenAI's shape.`;

/** Serves Swagger UI at `/docs` and the OpenAPI document at `/docs-json`; made when it is first asked for. */
export function setupApiDocs(app: NestFastifyApplication): void {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Thriftgate')
    .setVersion('0.1.0')
    .setDescription(DESCRIPTION)
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A team’s API key, or the administrator’s.' })
    .build();
  const build = () => withCommonErrors(SwaggerModule.createDocument(app, config));
  SwaggerModule.setup('docs', app, build, { jsonDocumentUrl: 'docs-json', customSiteTitle: 'Thriftgate API' });
}

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/** Adds what may come on any route before its own code is asked: a body that is too large, an id that cannot be one. */
function withCommonErrors(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const operation of METHODS.flatMap((method) => path[method] ?? [])) {
      if (operation.requestBody) operation.responses['413'] ??= errorResponse('request_too_large');
      if (operation.parameters?.length) operation.responses['400'] ??= errorResponse('invalid_request');
    }
  }
  return document;
}

function errorResponse(code: ErrorCode) {
  const error = new GatewayError(code);
  const { $schema: _, ...schema } = z.toJSONSchema(errorBodySchema);
  const examples = { [code]: { summary: error.message, value: error.toBody() } };
  return { description: error.message, content: { 'application/json': { schema: schema as object, examples } } };
}
