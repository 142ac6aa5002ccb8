import { MessageAssembly } from './message-assembly';

/** A message whose text has so many citations, each an event of its own. */
function cited(citations: number): MessageAssembly {
  const assembly = new MessageAssembly();
  assembly.add({ type: 'message_start', message: { type: 'message', content: [] } }, 1);
  assembly.add({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }, 1);
  for (let at = 0; at < citations; at += 1)
    assembly.add({ type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: { at } } }, 1);
  return assembly;
}

/** How many elements of arrays `work` goes through. */
function elementsIn(work: () => void): number {
  const arrays: unknown[] = Object.getPrototypeOf([]);
  const { values } = arrays;
  let elements = 0;
  const counting = function (this: unknown[]) {
    elements += this.length;
    return values.call(this);
  };
  const iterator = { configurable: true, writable: true };
  Object.defineProperty(arrays, Symbol.iterator, { ...iterator, value: counting });
  try {
    work();
    return elements;
  } finally {
    Object.defineProperty(arrays, Symbol.iterator, { ...iterator, value: values });
  }
}

describe('an assembled message', () => {
  it('A22: does not copy its citations with each one that comes', () => {
    expect(elementsIn(() => cited(1_000))).toBeLessThan(1_000);
  });

  it('has its citations in the order in which they came', () => {
    const { content } = JSON.parse(cited(3).reply().body.toString());
    expect(content).toEqual([{ type: 'text', text: '', citations: [{ at: 0 }, { at: 1 }, { at: 2 }] }]);
  });

  it('goes on with the citations that a block begins with', () => {
    const assembly = new MessageAssembly();
    const block = { type: 'text', text: '', citations: [{ at: 0 }] };
    assembly.add({ type: 'content_block_start', index: 0, content_block: block }, 1);
    assembly.add({ type: 'content_block_delta', index: 0, delta: { type: 'citations_delta', citation: { at: 1 } } }, 1);
    expect(JSON.parse(assembly.reply().body.toString()).content[0].citations).toEqual([{ at: 0 }, { at: 1 }]);
  });

  const begin = (block: object) => ({ type: 'content_block_start', index: 0, content_block: block });
  const grow = (delta: object) => ({ type: 'content_block_delta', index: 0, delta });
  const stop = { type: 'content_block_stop', index: 0 };
  const END = { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 1 } };
  const assembled = (...events: object[]) => {
    const assembly = new MessageAssembly();
    for (const event of [...events, END]) assembly.add(event as Record<string, unknown>, 1);
    return JSON.parse(assembly.reply().body.toString());
  };

  it('R14: has both calls of a server that gives them one index', () => {
    const called = (id: string) => [
      begin({ type: 'tool_use', id, name: 'find', input: {} }),
      grow({ type: 'input_json_delta', partial_json: `{"of":"${id}"}` }),
      stop,
    ];
    expect(assembled(...called('a'), ...called('b'))).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { id: 'a', input: { of: 'a' } },
        { id: 'b', input: { of: 'b' } },
      ],
    });
    // A block that a whole message began with is sent again.
    const whole = { type: 'message_start', message: { content: [{ type: 'text', text: 'a' }] } };
    expect(assembled(whole, begin({ type: 'text', text: 'a' }), stop).content).toHaveLength(1);
  });

  it('R15: is incomplete with a delta that has no block', () => {
    expect(assembled(grow({ type: 'text_delta', text: 'x' }))).toMatchObject({ stop_reason: null });
  });
});
