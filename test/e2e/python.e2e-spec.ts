import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { BatchClient } from '../support/batch-client';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

const PROGRAMS = join(__dirname, '../support/python');
const PARAMETERS = join(__dirname, '../support/openai-sdks/parameters.json');
/** `.ci/run` installs the packages of `requirements.txt` there. */
const PACKAGES = join(__dirname, '../../.ci/python');
const env = { ...process.env, PYTHONPATH: [PACKAGES, process.env['PYTHONPATH'] ?? ''].join(delimiter) };
const TIMEOUT_MS = 600_000;

/** A group of tests with a Python package, or one that is skipped and says so. */
const withPackage = (name: string) =>
  spawnSync('python3', ['-c', `import ${name}`], { env }).status === 0 ? describe : describe.skip;

/** Runs a program in `test/support/python`. @returns the JSON that it prints */
async function run(program: string, ...args: string[]) {
  const { stdout } = await promisify(execFile)('python3', [join(PROGRAMS, program), ...args], { env });
  return JSON.parse(stdout);
}

let gateway: RunningGateway;

/** How many lines with a text the vendor ran, in batches of its own and as live calls. */
const ran = (text: string) => ({
  inBatches: gateway.fake.batchLines.filter(({ body }) => JSON.stringify(body).includes(text)).length,
  live: gateway.fake.calls.filter(({ path, text: body }) => path === '/v1/chat/completions' && body.includes(text))
    .length,
});

beforeAll(async () => {
  gateway = await sharedGateway();
});
afterAll(() => gateway.stop());

/** A Python program that uses only `requests`; skipped without Python or its requests package. */
withPackage('requests')('a Python program with requests', () => {
  it('posts a batch as text, polls it and reads its output', async () => {
    const { key } = await gateway.createKey();
    const { batch, output } = await run('batch_with_requests.py', `${gateway.url}/v1`, key, '60');
    expect(batch).toMatchObject({
      status: 'completed',
      request_counts: { total: 60, completed: 60, failed: 0 },
      metadata: { description: 'Batch job 배치' },
    });
    expect(output.map(({ custom_id }: { custom_id: string }) => custom_id)).toEqual(
      Array.from({ length: 60 }, (_, index) => `request_${index}`),
    );
    expect(output[7].response.body.choices[0].message.content).toBe('echo: 질문 7');
    expect(ran('질문 ')).toEqual({ inBatches: 60, live: 0 });
  });
});

/** Skipped without Python's openai: `python3 -m pip install --target .ci/python -r test/support/python/requirements.txt`. */
withPackage('openai')("openai-python's own calls", () => {
  const clients = ['sync, strict=False', 'sync, strict=True', 'async, strict=False', 'async, strict=True'];
  let errors: Record<string, Record<string, string | null>>;

  beforeAll(async () => {
    const { key } = await gateway.createKey();
    errors = await run('openai_sdk.py', `${gateway.url}/v1`, key, PARAMETERS);
    const batches = new BatchClient(gateway, key);
    for await (const { id } of batches.openai.batches.list({ limit: 100 })) await batches.ended(id);
  }, TIMEOUT_MS);

  it.each(clients)('for chat, embeddings, models, files and batches pass in each form, %s', (client) => {
    const calls = Object.entries(errors[client] ?? {});
    expect(calls.length).toBeGreaterThan(30);
    expect(calls.filter(([, error]) => error !== null)).toEqual([]);
  });

  it("for a whole batch pass, and the batch rides the vendor's", async () => {
    const { key } = await gateway.createKey();
    const seen = await run('openai_batch.py', `${gateway.url}/v1`, key, '30');
    expect(seen).toEqual({
      status: 'completed',
      counts: { total: 30, completed: 30, failed: 0 },
      results: Array.from({ length: 30 }, (_, index) => [`python-batch-${index}`, `echo: python-batch ${index}`]),
      cancelled: 'cancelled',
      batches: true,
      files: true,
      deleted: [true, true],
      left: [],
    });
    expect(ran('python-batch ')).toEqual({ inBatches: 30, live: 0 });
  });

  it('reach the upstream with all parameters as they are', () => {
    // OpenAI refuses max_tokens for this model; max_completion_tokens is there too.
    const { max_tokens: _limit, ...options } = JSON.parse(readFileSync(PARAMETERS, 'utf8')).chat_options;
    const { stream_options: _, ...passed } = options;
    // Calls of the batches' native runner have no body, but for the creation.
    const sent = gateway.fake.calls.flatMap(
      ({ body }) => (body as Record<string, unknown> | undefined) ?? [],
    ) as Record<string, unknown>[];
    const [streams, others] = [true, false].map((stream) =>
      sent.filter((body) => (body['stream'] === true) === stream),
    );
    expect(streams).toContainEqual(expect.objectContaining(options));
    expect(others).toContainEqual(expect.objectContaining(passed));
  });
});
