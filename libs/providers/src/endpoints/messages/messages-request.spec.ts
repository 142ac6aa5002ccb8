import { messages } from './messages.endpoint';

const ASKED = { model: 'claude-sonnet-5-5', max_tokens: 100, messages: [{ role: 'user', content: 'Go.' }] };
const tools = (...names: string[]) => names.map((name) => ({ name, input_schema: { type: 'object' } }));

describe('a request of messages', () => {
  it.each<[object, boolean]>([
    [{ tools: tools('a'), tool_choice: { type: 'any' } }, true],
    [{ tools: tools('a', 'b'), tool_choice: { type: 'any' } }, false],
    [{ tools: tools('a', 'b'), tool_choice: { type: 'tool', name: 'a' } }, true],
    [{ tools: tools('a'), tool_choice: { type: 'auto' } }, false],
    [{ tools: tools('a') }, false],
  ])('C4: with %j forces one tool: %s', (members, forced) => {
    expect(messages.read({ ...ASKED, ...members }).request.forcesTool).toBe(forced);
  });
});
