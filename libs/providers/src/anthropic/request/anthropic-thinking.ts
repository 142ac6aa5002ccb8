import type { JsonRecord } from '../../json-record';
import { type ClaudeModel, type Effort, EFFORTS } from '../anthropic-models';
import { wrong } from './translation';

/** OpenAI's efforts, and Anthropic's `max`. */
export type AskedEffort = Effort | 'none' | 'minimal';

/** How a request lets the model think. */
export interface ThinkingPlan {
  /** The request's `thinking`; undefined leaves it out. */
  readonly thinking: JsonRecord | undefined;
  /** The request's `output_config.effort`; undefined leaves it out. */
  readonly effort: Effort | undefined;
  readonly mayThink: boolean;
  /** Whether the model takes what was asked; else the member is reported. */
  readonly asAsked: boolean;
}

export interface ThinkingCase {
  model: ClaudeModel;
  asked: AskedEffort | undefined;
  /** The request's limit, of which thinking is a part, in tokens. */
  maxTokens: number;
  /** Whether a call of a tool is required. */
  forcesTool: boolean;
  /** Whether the turn that waits for the results of its tools has no thinking to put back. */
  openTurnLacksThinking: boolean;
}

/** Thinking of models that take a number of tokens, by effort. The figures up to `high` are those of other gateways. */
const BUDGET_TOKENS: Readonly<Record<Effort, number>> = {
  low: 1_024,
  medium: 2_048,
  high: 4_096,
  xhigh: 8_192,
  max: 16_384,
};
/** @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking#working-with-thinking-budgets */
const LEAST_BUDGET_TOKENS = 1_024;

/** Without it the newer models send signatures without text. */
const SUMMARIZED = 'summarized';
/** A block whose earlier messages have changed is left out and is no error. `adaptive` alone takes it of the types that are sent. */
const BLOCK_BINDING = { prefix_mismatch_behavior: 'drop_block' };
/** The value of `anthropic-beta` that `block_binding` needs. */
export const BINDING_BETA = 'thinking-binding-controls-2026-08-01';

const NO_THINKING: ThinkingPlan = { thinking: undefined, effort: undefined, mayThink: false, asAsked: true };

/** @throws InvalidRequestError where `reasoning_effort` is none of its values */
export function readEffort({ reasoning_effort: asked }: JsonRecord): AskedEffort | undefined {
  if (asked === undefined || asked === null) return undefined;
  if (asked === 'none' || asked === 'minimal') return asked;
  const effort = EFFORTS.find((each) => each === asked);
  if (effort === undefined) throw wrong('reasoning_effort', `must be one of none, minimal, ${EFFORTS.join(', ')}`);
  return effort;
}

/**
 * How a model thinks for an effort.
 *
 * @see https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 */
export function thinkingPlan(given: ThinkingCase): ThinkingPlan {
  const { model, asked } = given;
  if (asked === 'none') return leastThinking(model);
  if (model.thinking === 'none') return { ...NO_THINKING, asAsked: asked === undefined };
  if (model.thinking === 'budget') return asked === undefined ? NO_THINKING : budgetPlan(given, asked);
  if (asked === undefined && !model.thinksByDefault) return NO_THINKING;
  return { ...adaptive(model), ...effortOf(model, asked) };
}

function adaptive({ boundThinking }: ClaudeModel): Pick<ThinkingPlan, 'thinking' | 'mayThink'> {
  const thinking = { type: 'adaptive', display: SUMMARIZED };
  return { thinking: boundThinking ? { ...thinking, block_binding: BLOCK_BINDING } : thinking, mayThink: true };
}

function leastThinking(model: ClaudeModel): ThinkingPlan {
  if (!model.thinksByDefault) return NO_THINKING;
  const type = model.leastThinking;
  if (type === undefined) return { ...adaptive(model), effort: 'low', asAsked: false };
  if (type === 'disabled') return { ...NO_THINKING, thinking: { type } };
  return { thinking: { type }, effort: undefined, mayThink: true, asAsked: true };
}

/** The greatest effort of the model up to the one that is asked. */
function effortOf(
  { efforts }: ClaudeModel,
  asked: Effort | 'minimal' | undefined,
): Pick<ThinkingPlan, 'effort' | 'asAsked'> {
  if (asked === undefined) return { effort: undefined, asAsked: true };
  const wanted = asked === 'minimal' ? 'low' : asked;
  const effort = efforts.findLast((each) => EFFORTS.indexOf(each) <= EFFORTS.indexOf(wanted));
  return { effort, asAsked: effort === wanted };
}

function budgetPlan(given: ThinkingCase, asked: Effort | 'minimal'): ThinkingPlan {
  const { model, maxTokens, forcesTool, openTurnLacksThinking } = given;
  const wanted = BUDGET_TOKENS[asked === 'minimal' ? 'low' : asked];
  // At least half of the limit is left for the answer.
  const budget = Math.min(wanted, Math.floor(maxTokens / 2));
  const { effort, asAsked } =
    model.efforts.length === 0 ? { effort: undefined, asAsked: true } : effortOf(model, asked);
  const isForced = forcesTool && model.forcedTools === 'without_thinking';
  if (budget < LEAST_BUDGET_TOKENS || isForced || openTurnLacksThinking)
    return { ...NO_THINKING, effort, asAsked: false };
  return {
    thinking: { type: 'enabled', budget_tokens: budget },
    effort,
    mayThink: true,
    asAsked: asAsked && budget === wanted,
  };
}
