import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { previewApi } from './preview-api';

/** `npm run openapi`: writes the OpenAPI document of this version to the given file. */
async function writeDocument(path = 'docs/openapi.json'): Promise<void> {
  writeFileSync(path, `${JSON.stringify(await previewApi(), null, 2)}\n`);
}

writeDocument(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
