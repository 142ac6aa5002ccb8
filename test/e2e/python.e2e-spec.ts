import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

const hasRequests = spawnSync('python3', ['-c', 'import requests']).status === 0;
const withRequests = hasRequests ? describe : describe.skip;

/** A Python program that uses only `requests`; skipped without Python or its requests package. */
withRequests('a Python program with requests', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await sharedGateway();
  });
  afterAll(() => gateway.stop());

  it('posts a batch as text, polls it and reads its output', async () => {
    const { key } = await gateway.createKey();
    const program = join(__dirname, '../support/python/batch_with_requests.py');
    const { stdout } = await promisify(execFile)('python3', [program, `${gateway.url}/v1`, key, '60']);
    const { batch, output } = JSON.parse(stdout);
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 60, completed: 60, failed: 0 },
      metadata: { description: 'Batch job 배치' },
    });
    expect(output.map(({ custom_id }: { custom_id: string }) => custom_id)).toEqual(
      Array.from({ length: 60 }, (_, index) => `request_${index}`),
    );
    expect(output[7].response.body.choices[0].message.content).toBe('echo: 질문 7');
  });
});
