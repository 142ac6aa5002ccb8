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
});
