import { BatchClient, line } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';
import { VendorServer } from '../support/vendors/vendor-server';

const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';
const picture = { type: 'image_url', image_url: { url: PIXEL } };
const chat = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, picture] }],
  ...more,
});

/** A picture for a model that takes none is refused before the vendor hears of it. */
describe('a picture for a model of text alone', () => {
  let vendors: VendorServer;
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    vendors = await VendorServer.start();
    gateway = await startGateway({ env: vendors.env });
    ({ key } = await gateway.createKey());
  });
  afterAll(async () => {
    await gateway?.stop();
    await vendors?.stop();
  });

  const callsOfVendors = () => vendors.openai.calls.length;

  it.each([
    ['/v1/chat/completions', chat('o3-mini'), 'messages.0.content.1'],
    ['/v1/chat/completions', chat('o3-mini', { stream: true }), 'messages.0.content.1'],
    [
      '/v1/responses',
      { model: 'o3-mini', input: [{ role: 'user', content: [{ type: 'input_image', image_url: PIXEL }] }] },
      'input[0].content[0]',
    ],
  ])('is a 422 that names it: %s %j', async (path, body, param) => {
    const before = callsOfVendors();
    const { status, body: answer } = await gateway.request('POST', path, key, body);
    expect([status, answer.error]).toEqual([
      422,
      expect.objectContaining({ code: 'unsupported_parameter', param, message: expect.stringContaining('pictures') }),
    ]);
    expect(callsOfVendors()).toBe(before);
  });

  it('is a 422 in the shape of Anthropic, too', async () => {
    const source = { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' };
    const body = {
      model: 'o3-mini',
      max_tokens: 50,
      messages: [{ role: 'user', content: [{ type: 'image', source }] }],
    };
    const { status, body: answer } = await gateway.request('POST', '/v1/messages', key, body);
    expect([status, answer]).toEqual([
      422,
      expect.objectContaining({
        type: 'error',
        error: expect.objectContaining({ message: expect.stringContaining('pictures') }),
      }),
    ]);
  });

  it.each(['1h', '24h'] as const)('is the error of its line in a batch of %s; the others run', async (window) => {
    const batches = new BatchClient(gateway, key);
    const requests = [
      { ...line('with', ''), body: chat('o3-mini') },
      line('without', `No picture within ${window}`, { model: 'o3-mini' }),
    ];
    const endpoint = '/v1/chat/completions';
    const made = await batches.create({ endpoint, completion_window: window, requests });
    const done = await batches.ended(made.id);
    expect([done.status, done.request_counts]).toEqual(['completed', { total: 2, completed: 1, failed: 1 }]);
    const [failed] = await batches.resultsOf(done.error_file_id);
    expect(failed?.custom_id).toBe('with');
    expect(JSON.stringify(failed)).toContain('messages.0.content.1');
  });
});
