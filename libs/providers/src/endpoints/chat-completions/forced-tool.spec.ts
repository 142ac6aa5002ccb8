import { forcesTool } from './forced-tool';

const tool = (name: string) => ({ type: 'function', function: { name } });

describe('C4: a request forces a tool', () => {
  it.each<[string, Record<string, unknown>, boolean]>([
    ['by name', { tools: [tool('a'), tool('b')], tool_choice: tool('a') }, true],
    ['as a custom tool', { tool_choice: { type: 'custom', custom: { name: 'a' } } }, true],
    ['by the older function_call', { functions: [{ name: 'a' }], function_call: { name: 'a' } }, true],
    ['as the only tool of which one is required', { tools: [tool('a')], tool_choice: 'required' }, true],
    ['not where one of two is required', { tools: [tool('a'), tool('b')], tool_choice: 'required' }, false],
    [
      'as the only allowed tool',
      {
        tools: [tool('a'), tool('b')],
        tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'required', tools: [tool('a')] } },
      },
      true,
    ],
    [
      'not where the only allowed tool may be left out',
      { tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('a')] } } },
      false,
    ],
    ['not by auto', { tools: [tool('a')], tool_choice: 'auto' }, false],
    ['not by function_call: auto', { functions: [{ name: 'a' }], function_call: 'auto' }, false],
    ['not without tools', {}, false],
  ])('%s', (_name, body, expected) => expect(forcesTool(body)).toBe(expected));
});
