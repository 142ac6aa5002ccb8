import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs once before the e2e files; the workers inherit the variable. */
export default function setUp(): void {
  process.env.TEST_SHARED_GATEWAYS = mkdtempSync(join(tmpdir(), 'thriftgate-shared-'));
}
