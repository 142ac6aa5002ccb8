import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { CLAUDE_CODE, CODEX } from '../support/clients/coding-agents';
import { FAMILIES } from '../support/clients/families';
import { type RunningGateway, startGateway } from '../support/gateway';
import { VendorServer } from '../support/vendors/vendor-server';

/** What Claude Code and Codex send passes with each vendor behind, over three rounds of tools. */
describe('coding agents', () => {
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

  describe.each(Object.entries(FAMILIES))('with %s behind', (vendor, { model, calls, reasoningIn }) => {
    const callsOf = (text: string) => calls(vendors).filter((body) => JSON.stringify(body).includes(text));

    it('take Claude Code', async () => {
      const anthropic = new Anthropic({ baseURL: gateway.url, authToken: key, apiKey: null, maxRetries: 0 });
      const asked = `Claude Code with ${vendor}: 고쳐 주세요 [[call=Bash,Read*3]]`;
      const messages: any[] = [
        {
          role: 'user',
          content: [
            { type: 'text', text: '<system-reminder>\nToday is Saturday.\n</system-reminder>' },
            { type: 'text', text: asked, cache_control: { type: 'ephemeral' } },
          ],
        },
      ];
      const { path, headers, body } = CLAUDE_CODE;
      const turn = async () => {
        const options = { body: body(model, messages), headers, stream: true };
        const stream = (await anthropic.post(path, options)) as AsyncIterable<unknown>;
        const { MessageStream } = jest.requireActual<any>('@anthropic-ai/sdk/lib/MessageStream');
        return MessageStream.fromReadableStream(readable(stream)).finalMessage();
      };
      for (let round = 0; round < 3; round += 1) {
        const { content, stop_reason: reason } = await turn();
        const uses = content.filter(({ type }: any) => type === 'tool_use');
        expect([reason, uses.map(({ name }: any) => name)]).toEqual(['tool_use', ['Bash', 'Read']]);
        const results = uses.map(({ id }: any) => ({ type: 'tool_result', tool_use_id: id, content: `out ${round}` }));
        messages.push({ role: 'assistant', content }, { role: 'user', content: results });
      }
      const { content, stop_reason: reason } = await turn();
      expect([reason, content.at(-1).text]).toEqual(['end_turn', expect.stringMatching(/out 2/)]);
      expect(callsOf(asked)).toHaveLength(4);
      const carried = reasoningIn(callsOf(asked).at(-1), 'messages');
      if (carried !== undefined) expect(carried).toBe(3);
      const dropped = await gateway.request(
        'POST',
        path,
        key,
        { ...body(model, [messages[0]]), stream: false },
        headers,
      );
      const isDropped = dropped.headers.get('x-gateway-dropped-params')?.includes('context_management') === true;
      expect([dropped.status, isDropped]).toEqual([200, vendor !== 'Anthropic']);
      const counted = await gateway.request(
        'POST',
        '/v1/messages/count_tokens?beta=true',
        key,
        { model, messages, tools: body(model, []).tools, system: body(model, []).system },
        headers,
      );
      expect([counted.status, counted.body.input_tokens > 10]).toEqual([200, true]);
    });

    it('take Codex', async () => {
      const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: key, maxRetries: 0 });
      const asked = `Codex with ${vendor}: 고쳐 주세요 [[call=exec_command*3]]`;
      const message = (role: string, text: string) => ({
        type: 'message',
        role,
        content: [{ type: 'input_text', text }],
      });
      const input: any[] = [
        message('developer', '<permissions instructions>workspace-write</permissions instructions>'),
        message('user', '<environment_context><cwd>/app</cwd></environment_context>'),
        message('user', asked),
      ];
      const turn = async (): Promise<any> => {
        const { headers, body } = CODEX;
        const stream: any = await openai.responses.create(body(model, input) as never, { headers });
        const items: any[] = [];
        let last: any;
        for await (const event of stream) {
          last = event;
          if (event.type === 'response.output_item.done') items.push(event.item);
        }
        expect(last.type).toBe('response.completed');
        return items;
      };
      for (let round = 0; round < 3; round += 1) {
        const items = await turn();
        const call = items.find((item: any) => item.type === 'function_call');
        expect([call?.name, JSON.parse(call?.arguments ?? '{}')]).toMatchObject(['exec_command', {}]);
        // Codex sends items without their ids and states.
        for (const { id: _id, status: _status, ...item } of items) input.push(item);
        input.push({ type: 'function_call_output', call_id: call.call_id, output: `out ${round}` });
      }
      const said = (await turn()).find((item: any) => item.type === 'message');
      expect(said.content[0].text).toMatch(/out 2/);
      expect(callsOf(asked)).toHaveLength(4);
      const carried = reasoningIn(callsOf(asked).at(-1), 'responses');
      if (carried !== undefined) expect(carried).toBe(3);
    });
  });
});

/** The events of a stream as lines of JSON, which the SDK's accumulator reads. */
function readable(stream: AsyncIterable<unknown>): ReadableStream {
  const events = stream[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await events.next();
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(`${JSON.stringify(value)}\n`));
    },
  });
}
