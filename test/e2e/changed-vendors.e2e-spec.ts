import { FAMILIES } from '../support/clients/families';
import { type RunningGateway, startGateway } from '../support/gateway';
import { VendorServer } from '../support/vendors/vendor-server';

const TOOLS = [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }];
const NAMES = Object.keys(FAMILIES);
const PAIRS = NAMES.flatMap((from) => NAMES.filter((to) => to !== from).map((to) => [from, to] as const));

/** A conversation goes on with another vendor's model, with all that the first one wrote. */
describe('a conversation that changes its vendor', () => {
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

  it.each(PAIRS)('goes on from %s to %s, and back', async (from, to) => {
    const messages: any[] = [{ role: 'user', content: `${from} and ${to} [[call=find*3]]` }];
    const ask = async (vendor: string) => {
      const body = { model: FAMILIES[vendor]?.model, messages, tools: TOOLS, reasoning_effort: 'medium' };
      const answer = await gateway.request('POST', '/v1/chat/completions', key, body);
      expect([answer.status, answer.body.error]).toEqual([200, undefined]);
      return answer.body.choices[0].message;
    };
    for (const [round, vendor] of [from, to, from].entries()) {
      const message = await ask(vendor);
      expect(message.tool_calls).toHaveLength(1);
      messages.push(message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: `found ${round}` });
    }
    expect((await ask(to)).content).toMatch(/found 2/);
  });
});
