import { isRecord, type JsonRecord } from '../../json-record';
import type { EffortStyle, RequestRules } from '../quirks';
import type { Draft } from './draft';

/** Levels of `reasoning_effort`, from none to most. */
const LEVELS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** How many tokens of reasoning a level stands for, at vendors that take a number. More than these is without a limit. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1024, low: 1024, medium: 2048, high: 4096 };

/** The members by which vendors take a level. `thinking` and `reasoning` may have more members of the caller's. */
const STYLES: Readonly<Record<EffortStyle, (level: string) => JsonRecord>> = {
  reasoning_effort: (level) => ({ reasoning_effort: level }),
  // Qwen at Groq.
  'reasoning_effort none or default': (level) => ({ reasoning_effort: level === 'none' ? 'none' : 'default' }),
  'thinking.type': (level) => ({ thinking: switchOf(level) }),
  'thinking.type and reasoning_effort': (level) =>
    level === 'none' ? { thinking: switchOf(level) } : { thinking: switchOf(level), reasoning_effort: level },
  'enable_thinking and thinking_budget': (level) =>
    level === 'none'
      ? { enable_thinking: false }
      : { enable_thinking: true, ...(BUDGETS[level] !== undefined && { thinking_budget: BUDGETS[level] }) },
  'reasoning.effort': (level) => ({ reasoning: { effort: level } }),
  'reasoning.enabled': (level) => ({ reasoning: { enabled: level !== 'none' } }),
  'chat_template_kwargs.enable_thinking': (level) =>
    level === 'none' ? { chat_template_kwargs: { enable_thinking: false } } : { reasoning_effort: level },
};

function switchOf(level: string): JsonRecord {
  return { type: level === 'none' ? 'disabled' : 'enabled' };
}

/** Whether the caller has turned the model's reasoning off, in whichever member. */
export function isReasoningOff({ reasoning_effort: effort, thinking, enable_thinking: enabled }: JsonRecord): boolean {
  return effort === 'none' || enabled === false || (isRecord(thinking) && thinking.type === 'disabled');
}

/** Writes `reasoning_effort` as the vendor takes it. Its own members, if the caller sends them, count. */
export function placeEffort(draft: Draft, { reasoning }: RequestRules): void {
  const { reasoning_effort: effort } = draft.body;
  if (reasoning === undefined || effort === undefined) return;
  if (typeof effort === 'string' && !LEVELS.includes(effort)) return;
  draft.take('reasoning_effort');
  if (typeof effort !== 'string') return;
  const level = nearest(effort, reasoning.levels);
  if (level !== effort) draft.dropped.add('reasoning_effort');
  if (level !== undefined) addMembers(draft.body, STYLES[reasoning.style](level));
}

/** The level itself, or the next one; of two at the same distance the higher one. Undefined where there are none. */
function nearest(effort: string, levels: readonly string[]): string | undefined {
  const rank = LEVELS.indexOf(effort);
  const distance = (level: string) => Math.abs(LEVELS.indexOf(level) - rank);
  // Reasoning that a caller turns on is not turned off.
  const known = effort === 'none' ? levels : levels.filter((level) => level !== 'none');
  return known.toSorted((a, b) => distance(a) - distance(b) || LEVELS.indexOf(b) - LEVELS.indexOf(a))[0];
}

function addMembers(body: JsonRecord, members: JsonRecord): void {
  for (const [name, value] of Object.entries(members)) {
    const own = body[name];
    body[name] = isRecord(own) && isRecord(value) ? { ...value, ...own } : (own ?? value);
  }
}
