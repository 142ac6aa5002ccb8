import { describeClients, playOnNode } from '../support/clients/describe-clients';
import { FAMILIES } from '../support/clients/families';
import { type RunningGateway, startGateway } from '../support/gateway';
import { VendorServer } from '../support/vendors/vendor-server';

describe('packages on Node', () => describeClients('node'));

/** The gateway stores no items, so a client that refers to them is told what to set. */
describe("Vercel's ai on Responses, as it comes", () => {
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

  // Gemini's model shows no reasoning unasked, so the package refers to nothing.
  it.each(['OpenAI', 'Anthropic'])('is told to set store: false where it refers to items: %s', async (vendor) => {
    const model = FAMILIES[vendor]?.model ?? '';
    const story = { id: vendor, model, prompt: `${vendor} as it comes [[call=get_weather]]`, tools: ['get_weather'] };
    const result = await playOnNode('ai openai responses as it comes', { url: gateway.url, key }, story);
    if (!result) return;
    expect(result).toMatchObject({ error: { status: 400, message: expect.stringContaining('store: false') } });
  });
});
