import { withoutSignatures } from './signatures';

const of = (message: object) => Buffer.from(JSON.stringify({ id: 'a', choices: [{ index: 0, message }] }));
const left = (message: object) => JSON.parse(withoutSignatures(of(message)).toString()).choices[0].message;

describe('a response without signatures', () => {
  it('has its text and the readable part of its reasoning', () => {
    const details = [
      { type: 'reasoning.text', text: 'Hm.', signature: 'Zm9v', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'YmFy', index: 1 },
    ];
    expect(left({ content: '네', reasoning_content: 'Hm.', reasoning_details: details })).toEqual({
      content: '네',
      reasoning_content: 'Hm.',
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', format: 'anthropic-claude-v1', index: 0 }],
    });
  });

  it('has its tool calls without the vendor’s own members', () => {
    const called = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
    const signed = { ...called, extra_content: { google: { thought_signature: 'Zm9v' } } };
    expect(left({ tool_calls: [signed], thinking_blocks: [{ signature: 'x' }] })).toEqual({ tool_calls: [called] });
  });

  it('is the same bytes where it has none', () => {
    const reply = of({ content: 'a "signature" is quoted here only as \\"signature\\"' });
    const plain = of({ content: 'hi' });
    expect(withoutSignatures(plain)).toBe(plain);
    expect(JSON.parse(withoutSignatures(reply).toString())).toEqual(JSON.parse(reply.toString()));
  });
});
