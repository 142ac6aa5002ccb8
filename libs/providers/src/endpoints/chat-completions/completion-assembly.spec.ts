import { isRecord, type JsonRecord } from '../../json-record';
import { CompletionAssembly } from './completion-assembly';

const assembled = (...deltas: object[]): JsonRecord => {
  const assembly = new CompletionAssembly();
  for (const delta of deltas) assembly.add({ choices: [{ index: 0, delta }] }, 0);
  const { choices } = JSON.parse(assembly.reply().body.toString()) as { choices: { message: JsonRecord }[] };
  return choices[0]?.message ?? {};
};
const calls = (...deltas: object[]) => assembled(...deltas.map((delta) => ({ tool_calls: [delta] }))).tool_calls;

describe('an assembled completion', () => {
  it('A22: has each of many tool calls, which begin and go on in any order', () => {
    const count = 100_000;
    const assembly = new CompletionAssembly();
    for (const text of ['{', '}'])
      for (let index = 0; index < count; index += 1)
        assembly.add({ choices: [{ index: 0, delta: { tool_calls: [{ index, function: { arguments: text } }] } }] }, 0);
    const { choices } = JSON.parse(assembly.reply().body.toString()) as { choices: { message: JsonRecord }[] };
    const made = choices[0]?.message.tool_calls as JsonRecord[];
    expect(made).toHaveLength(count);
    expect(made.every((call) => isRecord(call.function) && call.function.arguments === '{}')).toBe(true);
  });

  it('tells tool calls of one index apart where a new one begins without an id', () => {
    const begun = (name: string) => ({ index: 0, type: 'function', function: { name, arguments: '' } });
    const args = (text: string) => ({ index: 0, function: { arguments: text } });
    expect(calls(begun('a'), args('{"x":'), args('1}'), begun('b'), args('{}'))).toEqual([
      { type: 'function', function: { name: 'a', arguments: '{"x":1}' } },
      { type: 'function', function: { name: 'b', arguments: '{}' } },
    ]);
    const whole = (name: string, text: string) => ({ index: 0, function: { name, arguments: text } });
    expect(calls(whole('a', '{}'), whole('a', '{"y":2}'))).toEqual([
      { function: { name: 'a', arguments: '{}' } },
      { function: { name: 'a', arguments: '{"y":2}' } },
    ]);
  });

  it('R14: goes on with the call that an id names', () => {
    const piece = (id: string, text: string) => ({ index: 0, id, function: { arguments: text } });
    expect(calls(piece('a', '{"x"'), piece('b', '{"y"'), piece('a', ':1}'), piece('b', ':2}'))).toEqual([
      { id: 'a', function: { arguments: '{"x":1}' } },
      { id: 'b', function: { arguments: '{"y":2}' } },
    ]);
    // Calls at other indexes keep their own arguments, also where a vendor repeats an id.
    expect(calls(piece('a', '{}'), { ...piece('a', '{}'), index: 1 })).toHaveLength(2);
  });

  it.each([
    [
      ['forty', { type: 'text', text: ' two' }],
      [
        { type: 'text', text: 'forty' },
        { type: 'text', text: ' two' },
      ],
    ],
    [
      [[{ type: 'image' }], { type: 'text', text: 'a' }],
      [{ type: 'image' }, { type: 'text', text: 'a' }],
    ],
    [['', { type: 'text', text: 'a' }, 'b'], undefined],
    [['forty', 2], undefined],
    [
      [{ type: 'text', text: 'a' }, ['b']],
      [{ type: 'text', text: 'a' }, 'b'],
    ],
    [['forty', true], undefined],
  ])('R15: has all of contents that come as %j, or is not whole', (contents, all) => {
    const assembly = new CompletionAssembly();
    for (const content of contents) assembly.add({ choices: [{ index: 0, delta: { content } }] }, 0);
    assembly.add({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }, 0);
    const { choices } = JSON.parse(assembly.reply().body.toString()) as { choices: JsonRecord[] };
    if (all === undefined) expect(choices).toMatchObject([{ finish_reason: null }]);
    else expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: all } }]);
  });

  it('R15: has the message of a server that sends it whole, once', () => {
    const assembly = new CompletionAssembly();
    const message = { role: 'assistant', content: 'forty two' };
    for (let sent = 0; sent < 2; sent += 1) assembly.add({ choices: [{ index: 0, message }] }, 0);
    const { choices } = JSON.parse(assembly.reply().body.toString()) as { choices: JsonRecord[] };
    expect(choices).toMatchObject([{ message }]);
    expect(assembled({ content: 'forty' }, {})).toEqual({ role: 'assistant', content: 'forty' });
  });

  it('joins names and arguments that come in pieces, or whole names with each piece', () => {
    const piece = (name: string, text: string) => ({ index: 0, id: 'call_1', function: { name, arguments: text } });
    expect(calls(piece('get_', ''), piece('weather', '{"a"'), piece('', ':1}'))).toEqual([
      { id: 'call_1', function: { name: 'get_weather', arguments: '{"a":1}' } },
    ]);
    expect(calls(piece('get', '{"a"'), piece('get', ':1'), piece('get', '}'))).toEqual([
      { id: 'call_1', function: { name: 'get', arguments: '{"a":1}' } },
    ]);
    const unnamed = (name: string, text: string) => ({ index: 0, function: { name, arguments: text } });
    expect(calls(unnamed('get_', ''), unnamed('weather', ''), unnamed('', '{}'))).toEqual([
      { function: { name: 'get_weather', arguments: '{}' } },
    ]);
  });

  it('merges reasoning_details by index, type and id', () => {
    const details = (...list: object[]) => ({ reasoning_details: list });
    const text = (index: number, members: object) => ({ type: 'reasoning.text', index, format: 'x-v1', ...members });
    expect(
      assembled(
        details(text(0, { text: 'Let ', signature: null })),
        details(text(0, { text: 'me', id: 'r1' })),
        details(text(0, { text: '', signature: 'sig' })),
        details({ type: 'reasoning.encrypted', index: 1, data: 'QUJD', id: 'e1' }),
        details({ type: 'reasoning.encrypted', index: 1, data: 'REVG', id: 'e2' }),
        details(
          { type: 'reasoning.summary', index: 2, summary: 'Sum' },
          { type: 'reasoning.summary', index: 2, summary: 'med' },
        ),
      ).reasoning_details,
    ).toEqual([
      text(0, { text: 'Let me', signature: 'sig', id: 'r1' }),
      { type: 'reasoning.encrypted', index: 1, data: 'QUJD', id: 'e1' },
      { type: 'reasoning.encrypted', index: 1, data: 'REVG', id: 'e2' },
      { type: 'reasoning.summary', index: 2, summary: 'Summed' },
    ]);
    const unindexed = (members: object) => details({ type: 'reasoning.text', ...members });
    expect(assembled(unindexed({ text: 'a' }), unindexed({ text: 'b' })).reasoning_details).toEqual([
      { type: 'reasoning.text', text: 'ab' },
    ]);
  });
});
