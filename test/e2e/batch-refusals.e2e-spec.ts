import { toFile } from 'openai';
import { BatchClient, jsonl, line, lines } from '../support/batch-client';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

const SECONDS = 'output_expires_after.seconds';
const ANCHOR = 'output_expires_after.anchor';
const expiry = (seconds: number) => ({ anchor: 'created_at', seconds });

describe('the creation of a batch', () => {
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    gateway = await sharedGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });

  afterAll(() => gateway?.stop());

  it('fails for an invalid file, with line numbers and at no cost', async () => {
    const bad = [
      JSON.stringify(line('ok', 'never asked')),
      '{"custom_id": "broken',
      '',
      JSON.stringify(line('ok', 'never asked')),
      JSON.stringify(line('model', 'never asked', { model: 'gpt-none' })),
      JSON.stringify({ ...line('url', 'never asked'), url: '/v1/embeddings' }),
      JSON.stringify(line('stream', 'never asked', { stream: true })),
    ].join('\n');
    const file = await batches.openai.files.create({
      file: await toFile(Buffer.from(bad), 'bad.jsonl'),
      purpose: 'batch',
    });
    const reached = gateway.fake.calls.length;
    const requests = bad.split('\n').map((text, index) => (index === 1 || index === 2 ? text : JSON.parse(text)));
    const ways: [member: string, value: unknown][] = [
      ['input_file_id', file.id],
      ['input_file_content', bad],
      ['requests', requests],
    ];
    for (const [member, value] of ways) {
      const { status, body } = await gateway.request('POST', '/v1/batches', batches.key, { [member]: value });
      expect({ status, ...body.error }).toMatchObject({ status: 400, code: 'invalid_request', param: member });
      for (const number of [2, 4, 5, 6, 7]) expect(body.error.message).toContain(`Line ${number}:`);
      expect(body.error.message).not.toContain('Line 1:');
    }
    expect(gateway.fake.calls).toHaveLength(reached);
    expect((await batches.openai.files.list({ limit: 1 })).data[0]?.id).toBe(file.id);
  });

  it.each([
    ['nothing', {}, 'input_file_id'],
    ['two inputs', { input_file_content: jsonl(lines(1, 'x')), requests: lines(1, 'x') }, 'requests'],
    ['an empty file', { input_file_content: '\n\n' }, 'input_file_content'],
    ['no requests', { requests: [] }, 'requests'],
    ['an unknown file', { input_file_id: 'file_unknown' }, 'input_file_id'],
    ['an invalid file id', { input_file_id: 'file_\u0000' }, 'input_file_id'],
    ['another endpoint', { requests: lines(1, 'x'), endpoint: '/v1/moderations' }, 'endpoint'],
    ['a window that is too long', { requests: lines(1, 'x'), completion_window: '25h' }, 'completion_window'],
    ['metadata that is not text', { requests: lines(1, 'x'), metadata: { a: 1 } }, 'metadata.a'],
    ['metadata that cannot be stored', { requests: lines(1, 'x'), metadata: { a: '\u0000' } }, 'metadata.a'],
    ['C2: an expiry that is too soon', { requests: lines(1, 'x'), output_expires_after: expiry(60) }, SECONDS],
    ['C2: an expiry that is too late', { requests: lines(1, 'x'), output_expires_after: expiry(2_592_001) }, SECONDS],
    ['C2: an expiry without an anchor', { requests: lines(1, 'x'), output_expires_after: { seconds: 3_600 } }, ANCHOR],
  ])('fails for %s', async (_, body, param) => {
    const { status, body: answer } = await gateway.request('POST', '/v1/batches', batches.key, body);
    expect({ status, ...answer.error }).toMatchObject({ status: 400, code: 'invalid_request', param });
  });

  it('fails for a model that the key may not use', async () => {
    const { key: narrow } = await gateway.createKey({ models: ['gpt-4o-mini'] });
    const { status, body } = await gateway.request('POST', '/v1/batches', narrow, { requests: lines(1, 'narrow') });
    expect({ status, message: body.error.message }).toEqual({
      status: 400,
      message: expect.stringContaining("Line 1: this key may not use the model 'gpt-4.1'"),
    });
  });
});
