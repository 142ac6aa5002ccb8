import { EventWriter } from './event-writer';
import { OutputWriter } from './output-writer';

describe('the events of output items', () => {
  it('stand on one line each, also for readers that end lines at U+0085, U+2028 and U+2029', () => {
    const text = 'one\u0085two\u2028three\u2029"\n';
    const output = new OutputWriter(new EventWriter());
    const logprobs = [{ token: '\u2028', logprob: 0, bytes: null, top_logprobs: [] }];
    const item = { id: 'msg_\u2028', type: 'message' };
    const events = [
      output.openItem(item),
      output.openPart('output_text'),
      output.partDelta(text, logprobs),
      ...output.closePart({ type: 'output_text', text }),
      output.closeItem(item),
    ];
    expect(events.filter(({ data }) => /[\r\n\u0085\u2028\u2029]/.test(data))).toEqual([]);
    const delta = events.map(({ data }) => JSON.parse(data) as Record<string, unknown>)[2];
    expect(delta).toEqual({
      type: 'response.output_text.delta',
      sequence_number: 2,
      item_id: item.id,
      output_index: 0,
      content_index: 0,
      delta: text,
      logprobs,
    });
  });
});
