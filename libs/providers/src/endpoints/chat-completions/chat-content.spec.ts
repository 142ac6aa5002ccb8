import { writtenText } from './chat-content';

const written = (message: object) => writtenText(Buffer.from(JSON.stringify({ choices: [{ message }] })));

describe('the text that a model wrote', () => {
  it.each([
    [{ content: 'a' }, 'a'],
    [{ content: null, refusal: 'no' }, 'no'],
    [
      {
        content: [
          { type: 'text', text: 'a' },
          { type: 'reference', reference_ids: [1] },
        ],
      },
      'a',
    ],
    [
      {
        content: [
          { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
          { type: 'text', text: 'a' },
        ],
      },
      'hm\na',
    ],
    [{ content: 'a', reasoning_content: 'hm' }, 'a\nhm'],
    [{ content: 'a', reasoning: 'hm' }, 'a\nhm'],
    [{ content: 'a', reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }] }, 'a\nhm'],
    [{ content: 'a', reasoning_details: [{ type: 'reasoning.summary', summary: 'hm' }] }, 'a\nhm'],
    [{ content: null, tool_calls: [{ id: '1' }] }, '[{"id":"1"}]'],
    [{}, ''],
  ])('R16: of %j', (message, text) => expect(written(message)).toBe(text));
});
