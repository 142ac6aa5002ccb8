import { chatCompletions } from '@thriftgate/providers';
import { checkLines, describeProblems } from './check-lines';
import type { RawLine } from './raw-lines';

const RULES = {
  endpoint: chatCompletions,
  isServed: (model: string) => model !== 'unknown',
  isAllowed: (model: string) => model !== 'dear',
  isControlAllowed: (control: string) => control !== 'ttl',
};

const line = (customId: string, model = 'gpt-4.1', members = {}) =>
  JSON.stringify({ custom_id: customId, body: { model, messages: [{ role: 'user', content: 'Hello' }], ...members } });

async function* numbered(texts: Iterable<string>): AsyncGenerator<RawLine> {
  let number = 0;
  for (const text of texts) yield { line: ++number, text };
}

function* many(count: number): Generator<string> {
  for (let index = 0; index < count; index++) yield line(`id-${index}`);
}

const check = (...texts: string[]) => checkLines(numbered(texts), RULES);

describe('checkLines', () => {
  it('accepts valid lines', async () => {
    const result = await check(line('a'), line('b', 'gpt-4o'));
    expect(result).toEqual({ lines: 2, problems: [], problemCount: 0 });
    expect(describeProblems(result)).toBeUndefined();
  });

  it('names each invalid line by its number', async () => {
    const bound = line('d', 'gpt-4.1', { cache: { 'no-cache': true, ttl: 60 } });
    const result = await check(line('a'), 'oops', line('a'), line('b', 'unknown'), line('c', 'dear'), bound);
    expect(result.problems.map((problem) => [problem.line, problem.code])).toEqual([
      [2, 'invalid_json_line'],
      [3, 'duplicate_custom_id'],
      [4, 'model_not_found'],
      [5, 'model_not_allowed'],
      [6, 'cache_control_not_allowed'],
    ]);
    expect(describeProblems(result)).toBe(
      'The batch was refused; no line was started. Line 2: is not valid JSON. ' +
        "Line 3: the custom_id 'a' is also on line 1. Line 4: the model 'unknown' is not served here. " +
        "Line 5: this key may not use the model 'dear'. Line 6: this key may not use the cache control 'ttl'.",
    );
  });

  it('names a hundred problems and counts the others', async () => {
    const result = await check(...Array.from({ length: 125 }, () => 'oops'));
    expect(result.problems).toHaveLength(100);
    expect(describeProblems(result)).toMatch(/Line 100: is not valid JSON\. 25 more lines are invalid\.$/);
  });

  it('refuses an empty batch and one with too many lines, and accepts the largest', async () => {
    expect(describeProblems(await check())).toBe('The batch has no lines.');
    expect((await checkLines(numbered(many(50_000)), RULES)).problemCount).toBe(0);
    const over = await checkLines(numbered(many(60_000)), RULES);
    expect(over).toMatchObject({
      lines: 50_001,
      problemCount: 1,
      problems: [{ line: 50_001, code: 'too_many_lines' }],
    });
  });
});
