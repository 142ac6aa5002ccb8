import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import type { RunningGateway } from './gateway';

const EMBEDDED = `
  import { PGlite } from '@electric-sql/pglite';
  const database = await PGlite.create(process.argv[1]);
  await database.exec(process.argv[2]);
  await database.close();`;

/** Changes a gateway's database directly. The gateway must have ended: only one process can open the embedded database. */
export async function runSql({ env, dataDirectory }: RunningGateway, statement: string): Promise<void> {
  if (env.DATABASE_URL) {
    const client = new Client({ connectionString: env.DATABASE_URL });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  } else {
    const options = { cwd: resolve(__dirname, '../..'), stdio: 'pipe' as const };
    const directory = join(dataDirectory, 'database');
    execFileSync(process.execPath, ['--input-type=module', '--eval', EMBEDDED, directory, statement], options);
  }
}
