import { MAX_BATCH_LINES } from '@thriftgate/contracts';
import type { Endpoint } from '@thriftgate/providers';
import { type BatchLine, type LineProblem, readLine } from './batch-line';
import type { RawLine } from './raw-lines';

/** How many problems an error message names. */
const MAX_NAMED_PROBLEMS = 100;

/** Rules for the calls of a batch. */
export interface CallRules {
  endpoint: Endpoint;
  isServed(model: string): boolean;
  isAllowed(model: string): boolean;
  isControlAllowed(control: string): boolean;
}

/** The result of checking the lines of a batch. */
export interface LinesCheck {
  lines: number;
  /** The first problems; the others are only counted. */
  problems: LineProblem[];
  problemCount: number;
}

/** Checks every line, alone and for duplicate `custom_id`s, without keeping the lines in memory. */
export async function checkLines(input: AsyncIterable<RawLine>, rules: CallRules): Promise<LinesCheck> {
  const check: LinesCheck = { lines: 0, problems: [], problemCount: 0 };
  const seen = new Map<string, number>();
  for await (const raw of input) {
    check.lines += 1;
    const problem = check.lines > MAX_BATCH_LINES ? tooMany(raw.line) : await problemOf(raw, seen, rules);
    if (problem) {
      check.problemCount += 1;
      if (check.problems.length < MAX_NAMED_PROBLEMS) check.problems.push(problem);
    }
    if (check.lines > MAX_BATCH_LINES) break;
  }
  return check;
}

/** An error message with a sentence for each invalid line; undefined if all lines are valid. */
export function describeProblems({ lines, problems, problemCount }: LinesCheck): string | undefined {
  if (lines === 0) return 'The batch has no lines.';
  if (problemCount === 0) return undefined;
  const sentences = problems.map(({ line, message }) => `Line ${line}: ${message}.`).join(' ');
  const more = problemCount - problems.length;
  return `The batch was refused; no line was started. ${sentences}${more > 0 ? ` ${more} more lines are invalid.` : ''}`;
}

async function problemOf(raw: RawLine, seen: Map<string, number>, rules: CallRules): Promise<LineProblem | undefined> {
  const read = await readLine(raw, rules.endpoint);
  if ('problem' in read) return read.problem;
  const { line } = read;
  const first = seen.get(line.customId);
  if (first === undefined) seen.set(line.customId, line.line);
  return first === undefined ? ruleProblem(line, rules) : duplicate(line, first);
}

function duplicate({ line, customId }: BatchLine, first: number): LineProblem {
  const message = `the custom_id '${customId}' is also on line ${first}`;
  return { line, code: 'duplicate_custom_id', message, param: 'custom_id' };
}

function ruleProblem({ line, model, directives }: BatchLine, rules: CallRules): LineProblem | undefined {
  const named = model.slice(0, 100);
  if (!rules.isServed(model)) {
    return { line, code: 'model_not_found', message: `the model '${named}' is not served here`, param: 'body.model' };
  }
  if (!rules.isAllowed(model)) {
    const message = `this key may not use the model '${named}'`;
    return { line, code: 'model_not_allowed', message, param: 'body.model' };
  }
  const refused = directives.find(({ control }) => !rules.isControlAllowed(control));
  if (refused) {
    const message = `this key may not use the cache control '${refused.control}'`;
    return { line, code: 'cache_control_not_allowed', message, param: `body.${refused.param}` };
  }
  return undefined;
}

function tooMany(line: number): LineProblem {
  return { line, code: 'too_many_lines', message: `a batch may have at most ${MAX_BATCH_LINES} lines`, param: null };
}
