import * as fc from 'fast-check';
import { LineChecker, MAX_LINES, MOST_FAULTS } from './line-check';

const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] };
const faultOf = (line: unknown) => {
  const checker = new LineChecker('/v1/chat/completions');
  checker.add(typeof line === 'string' ? line : JSON.stringify(line), 7);
  return checker.report.faults[0];
};

describe('checking the lines of a batch', () => {
  it.each([
    [{ custom_id: 'a', body }],
    [{ custom_id: 'a', method: 'POST', url: '/chat/completions', body }],
    [{ custom_id: 'a', url: '/v1/embeddings', body: { model: 'm', input: 'Hello' } }],
  ])('takes %j', (line) => {
    expect(faultOf(line)).toBeUndefined();
  });

  it.each([
    ['{"custom_id": ', 'json'],
    [[1], 'object'],
    [{ body }, 'id'],
    [{ custom_id: 'a\u0000', body }, 'id'],
    [{ custom_id: 'x'.repeat(513), body }, 'id'],
    [{ custom_id: 'a', method: 'GET', body }, 'method'],
    [{ custom_id: 'a', url: '/v1/audio/speech', body }, 'url'],
    [{ custom_id: 'a', body: 'Hello' }, 'body'],
    [{ custom_id: 'a', body: { messages: body.messages } }, 'model'],
    [{ custom_id: 'a', body: { model: 'gpt-4.1', messages: [] } }, 'content'],
    [{ custom_id: 'a', url: '/v1/responses', body }, 'content'],
    [{ custom_id: 'a', body: { ...body, stream: true } }, 'stream'],
  ])('refuses %j', (line, reason) => {
    expect(faultOf(line)).toMatchObject({ line: 7, reason });
  });

  it('names the line on which an id was used first', () => {
    const checker = new LineChecker('/v1/chat/completions');
    for (const line of [1, 2, 3]) checker.add(JSON.stringify({ custom_id: line === 2 ? 'b' : 'a', body }), line);
    expect(checker.report.faults).toEqual([{ line: 3, reason: 'idTwice', value: '1' }]);
  });

  it('keeps the first hundred faults, and counts them all', () => {
    const checker = new LineChecker('/v1/chat/completions');
    for (let line = 1; line <= 250; line += 1) checker.add('{', line);
    expect(checker.report).toMatchObject({ lines: 250, faultCount: 250 });
    expect(checker.report.faults).toHaveLength(MOST_FAULTS);
  });

  it('counts lines by model, and says once that there are too many', () => {
    const checker = new LineChecker('/v1/chat/completions');
    for (let line = 1; line <= MAX_LINES + 3; line += 1)
      checker.add(JSON.stringify({ custom_id: `${line}`, body }), line);
    expect(checker.report.models).toEqual({ 'gpt-4.1': MAX_LINES });
    expect(checker.report.faults).toEqual([{ line: MAX_LINES + 1, reason: 'tooMany', value: '50000' }]);
  });

  it('never fails, whatever a line has', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const checker = new LineChecker('/v1/chat/completions');
        checker.add(text, 1);
        expect(checker.report.faultCount).toBeLessThanOrEqual(1);
      }),
    );
  });
});
