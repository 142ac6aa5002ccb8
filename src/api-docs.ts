import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

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
  const build = () => SwaggerModule.createDocument(app, config);
  SwaggerModule.setup('docs', app, build, { jsonDocumentUrl: 'docs-json', customSiteTitle: 'Thriftgate API' });
}
