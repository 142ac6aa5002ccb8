import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import { createApiDocument } from './openapi/api-document';

/** Serves Swagger UI at `/docs` and the OpenAPI document at `/docs-json`; the document is created at its first request. */
export function setupApiDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => createApiDocument(app), {
    jsonDocumentUrl: 'docs-json',
    customSiteTitle: 'Thriftgate API',
    swaggerOptions: { deepLinking: true, persistAuthorization: true },
  });
}
