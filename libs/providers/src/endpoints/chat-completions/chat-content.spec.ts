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
    [{ reasoning_text: 'Because' }, 'Because'],
    [{ thought: 'Because', content: 'So' }, 'Because\nSo'],
    [{ thinking_blocks: [{ type: 'thinking', thinking: 'Because', signature: 'c2ln' }] }, 'Because'],
    [
      { reasoning_content: 'Because it', thinking_blocks: [{ thinking: 'Because ' }, { thinking: 'it' }] },
      'Because it',
    ],
    [{ content: null, audio: { id: 'audio_1', data: 'UklGRg==', transcript: 'Hello' } }, 'Hello'],
    [{ content: 'So', annotations: [{ type: 'url_citation', text: 'A page' }] }, 'So'],
  ])('R16: of %j', (message, text) => expect(written(message)).toBe(text));
});
