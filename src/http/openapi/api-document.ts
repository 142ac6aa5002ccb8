import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { VERSION } from '../../common/version';
import { API_TAGS } from './api-tags';
import { jsonSchemaOf } from './contract-schema';
import { documentErrors } from './error-responses';
import { hoistDefinitions } from './hoist-definitions';

const DESCRIPTION = `One OpenAI-compatible address for the models of all vendors. Identical requests are answered from a cache
that knows which model version wrote each response, batches run at their own pace, and every call is in a ledger with its cost.

**Applications** use \`/v1\` with a key of their team as \`Authorization: Bearer sk-tg-…\`; **administrators** use \`/admin\`.
Every response has an \`x-request-id\`. Errors are in the shape of the API that is called.`;

const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;

/**
 * Creates the OpenAPI document of all routes, in an order that does not depend on modules and imports. It reads only
 * metadata, so an application in Nest's preview mode is enough.
 */
export function createApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Thriftgate')
    .setVersion(VERSION)
    .setDescription(DESCRIPTION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'A team’s API key, or the administrator’s.' });
  for (const [name, description] of Object.entries(API_TAGS)) config.addTag(name, description);
  const document = SwaggerModule.createDocument(app, config.build(), {
    autoTagControllers: false,
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    standardSchemaConverter: (contract, { schemaType }) =>
      contract instanceof z.ZodType ? { schema: jsonSchemaOf(contract, schemaType) } : undefined,
  });
  const responses = {};
  for (const path of Object.values(document.paths))
    for (const operation of METHODS.flatMap((method) => path[method] ?? [])) {
      operation.security ??= [];
      documentErrors(operation, responses);
    }
  document.components = { ...document.components, responses };
  return ordered(hoistDefinitions(document));
}

function ordered({ openapi, info, servers, tags, paths, components }: OpenAPIObject): OpenAPIObject {
  const items = Object.entries(byName(paths)).map(([path, item]) => [
    path,
    Object.fromEntries(METHODS.flatMap((method) => (item[method] ? [[method, item[method]]] : []))),
  ]);
  const { schemas, responses, ...others } = components ?? {};
  return {
    openapi,
    info,
    ...(servers && { servers }),
    ...(tags && { tags }),
    paths: Object.fromEntries(items),
    components: { ...others, schemas: byName(schemas ?? {}), responses: byName(responses ?? {}) },
  };
}

function byName<Value>(members: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
