import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stopShared } from './shared-gateways';

/** Runs once after the e2e files. */
export default async function tearDown(): Promise<void> {
  const directory = process.env.TEST_SHARED_GATEWAYS ?? '';
  for (const name of readdirSync(directory)) await stopShared(join(directory, name));
  rmSync(directory, { recursive: true });
}
