import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { OpenAPIObject } from '@nestjs/swagger';
import { AppModule } from '../app.module';
import { DataDirectory } from '../config/data-directory';
import { loadConfig } from '../config/load-config';
import { createApiDocument } from '../http/openapi/api-document';

/** The OpenAPI document of this version. */
export function previewApi(): Promise<OpenAPIObject> {
  return withPreviewApp(createApiDocument);
}

/** Reads an application of which only the controllers' metadata are there: no provider is created and no database opened. */
export async function withPreviewApp<T>(read: (app: NestFastifyApplication) => T): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'thriftgate-openapi-'));
  const dataDirectory = DataDirectory.open(directory);
  try {
    const config = loadConfig({ DATA_DIR: directory }, directory);
    const app = await NestFactory.create<NestFastifyApplication>(
      AppModule.forRoot(config, dataDirectory),
      new FastifyAdapter(),
      { preview: true, abortOnError: false, logger: false },
    );
    return read(app);
  } finally {
    dataDirectory.close();
    rmSync(directory, { recursive: true });
  }
}
