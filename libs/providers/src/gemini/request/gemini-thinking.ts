import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { type GeminiCapabilities, type Thinking, THINKING_LEVELS, type ThinkingLevel } from '../gemini-models';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
type Effort = (typeof EFFORTS)[number];

const MEMBER = 'reasoning_effort';

/** @see https://ai.google.dev/gemini-api/docs/openai#thinking */
const LEVEL_OF: Readonly<Record<Effort, ThinkingLevel>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'XHIGH',
  max: 'XHIGH',
};

/** In tokens, as Gemini's own OpenAI endpoint. @see https://ai.google.dev/gemini-api/docs/openai#thinking */
const BUDGET_OF: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: Infinity,
  max: Infinity,
};

/**
 * `thinkingConfig` from `reasoning_effort`, or from Gemini's own `extra_body.google.thinking_config`. What a model cannot do is
 * replaced by the nearest that it can, and reported.
 *
 * @throws InvalidRequestError for an unknown effort, and where both are set: the vendor refuses level and budget together
 */
export function thinkingConfig(
  body: JsonRecord,
  google: JsonRecord,
  { thinking }: GeminiCapabilities,
  dropped: Set<string>,
): JsonRecord | undefined {
  const effort = effortOf(body);
  const own = google.thinking_config;
  if (own === undefined || own === null) return effort && configOf(effort, thinking, dropped);
  if (!isRecord(own)) throw invalid(`'extra_body.google.thinking_config' must be an object.`, 'extra_body');
  if (effort !== undefined)
    throw invalid(`Set '${MEMBER}' or 'extra_body.google.thinking_config', and not both.`, MEMBER);
  return ownConfig(own);
}

function effortOf({ reasoning_effort: effort }: JsonRecord): Effort | undefined {
  if (effort === undefined || effort === null) return undefined;
  const known = EFFORTS.find((each) => each === effort);
  if (known === undefined) throw invalid(`'${MEMBER}' must be one of ${EFFORTS.join(', ')}.`, MEMBER);
  return known;
}

function ownConfig(own: JsonRecord): JsonRecord {
  const { thinking_level: level, thinking_budget: budget, include_thoughts: includeThoughts } = own;
  const isSet = (value: unknown) => value !== undefined && value !== null;
  if (isSet(level) && isSet(budget))
    throw invalid(
      `Set 'thinking_level' or 'thinking_budget' in 'extra_body.google.thinking_config', and not both.`,
      'extra_body',
    );
  return {
    includeThoughts: includeThoughts ?? undefined,
    thinkingLevel: typeof level === 'string' ? level.toUpperCase() : (level ?? undefined),
    thinkingBudget: budget ?? undefined,
  };
}

function configOf(effort: Effort, thinking: Thinking, dropped: Set<string>): JsonRecord | undefined {
  if (thinking.by === 'nothing') {
    if (effort !== 'none') dropped.add(MEMBER);
    return undefined;
  }
  const includeThoughts = effort !== 'none';
  if (thinking.by === 'level') return { includeThoughts, thinkingLevel: levelOf(effort, thinking.levels, dropped) };
  return { includeThoughts, thinkingBudget: budgetOf(effort, thinking, dropped) };
}

/** The level, or the nearest one, of two the higher. Models with levels always think. */
function levelOf(effort: Effort, levels: readonly ThinkingLevel[], dropped: Set<string>): ThinkingLevel | undefined {
  const wanted = LEVEL_OF[effort];
  if (effort === 'none' || (effort !== 'max' && !levels.includes(wanted))) dropped.add(MEMBER);
  const distance = (level: ThinkingLevel) => Math.abs(THINKING_LEVELS.indexOf(level) - THINKING_LEVELS.indexOf(wanted));
  return levels.toSorted((a, b) => distance(a) - distance(b) || levels.indexOf(b) - levels.indexOf(a))[0];
}

function budgetOf(
  effort: Effort,
  { least, most, canBeOff }: Extract<Thinking, { by: 'budget' }>,
  dropped: Set<string>,
): number {
  if (effort === 'none' && canBeOff) return 0;
  if (effort === 'none') dropped.add(MEMBER);
  return Math.min(most, Math.max(least, BUDGET_OF[effort]));
}

function invalid(message: string, param: string): InvalidRequestError {
  return new InvalidRequestError(message, param);
}
