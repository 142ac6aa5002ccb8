import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RunningGateway, startGateway } from '../support/gateway';

const hasShell = ['bash', 'curl'].every((program) => spawnSync(program, ['--version']).status === 0);
const BLOCK = /```sh\n([^]*?)```/g;

/** Fault N16: 9 of the 21 commands of the Administration block failed as pasted. Skipped without bash and curl. */
(hasShell ? describe : describe.skip).each(['README.md', 'README.ko.md'])('the commands of %s', (file) => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  it('run as pasted', async () => {
    const text = readFileSync(join(__dirname, '../..', file), 'utf8');
    const blocks = [...text.matchAll(BLOCK)].map(([, block = '']) => block).filter((block) => block.includes('curl'));
    // curl succeeds on any status; here an error status ends the script.
    const script = blocks
      .join('\n')
      .replaceAll('http://127.0.0.1:3000', gateway.url)
      .replaceAll(/curl -[si] /g, '$&--fail-with-body ');
    const env = { ...process.env, ADMIN_KEY: gateway.adminKey };
    const { stdout } = await promisify(execFile)('bash', ['-e', '-o', 'pipefail', '-c', script], { env });
    expect(script.match(/curl -/g)?.length).toBeGreaterThan(20);
    expect(stdout).toContain('x-cache-status: MISS');
    expect(stdout).toContain('"deleted":true');
  });
});
