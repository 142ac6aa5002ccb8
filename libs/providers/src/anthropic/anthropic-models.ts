import { factsOf, type ModelFacts } from '../models/model-facts';
import { remembered } from '../models/remembered';

/** The efforts that OpenAI and Anthropic name, the least first. */
export const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'] as const;
export type Effort = (typeof EFFORTS)[number];

/** What a Claude model takes. */
export interface ClaudeModel {
  /** Whether it takes `temperature`, `top_p` and `top_k`. */
  readonly sampling: boolean;
  /** Whether it continues an assistant's message. */
  readonly prefill: boolean;
  /** Whether a call of a tool can be required: always, never, or only while the model does not think. */
  readonly forcedTools: 'yes' | 'no' | 'without_thinking';
  /** How it is asked to think: by an effort, by a number of tokens, or not at all. */
  readonly thinking: 'adaptive' | 'budget' | 'none';
  /** Whether it thinks where a call does not say. */
  readonly thinksByDefault: boolean;
  /** The `thinking.type` that makes it think the least; undefined where it always thinks. */
  readonly leastThinking: 'disabled' | 'between_tools' | undefined;
  /** The `output_config.effort` values that it takes. */
  readonly efforts: readonly Effort[];
  /** Whether it takes a system message in the middle of a conversation. */
  readonly laterSystem: boolean;
  /** Whether its thinking is bound to the messages before it. */
  readonly boundThinking: boolean;
}

/** `sampling`, `prefill`, `efforts` and `laterSystem` here are those of models that no source of the catalogue knows. */
const CLAUDE_3: ClaudeModel = {
  sampling: true,
  prefill: true,
  forcedTools: 'yes',
  thinking: 'none',
  thinksByDefault: false,
  leastThinking: 'disabled',
  efforts: [],
  laterSystem: false,
  boundThinking: false,
};
const CLAUDE_4_5: ClaudeModel = { ...CLAUDE_3, thinking: 'budget', forcedTools: 'without_thinking' };
const CLAUDE_4_6: ClaudeModel = { ...CLAUDE_3, thinking: 'adaptive' };
const CLAUDE_5: ClaudeModel = {
  ...CLAUDE_4_6,
  sampling: false,
  prefill: false,
  efforts: EFFORTS,
  laterSystem: true,
  thinksByDefault: true,
};
const CLAUDE_5_5: ClaudeModel = { ...CLAUDE_5, boundThinking: true };
const ALWAYS_THINKS: ClaudeModel = { ...CLAUDE_5, leastThinking: undefined };
const OPUS_5_5: ClaudeModel = { ...CLAUDE_5_5, leastThinking: undefined, forcedTools: 'no' };

/**
 * By the name without a date: what no source of the catalogue says. A model that is not listed is as the newest one.
 *
 * @see https://platform.claude.com/docs/en/about-claude/models/overview
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 * @see https://platform.claude.com/docs/en/build-with-claude/effort
 */
const MODELS: Readonly<Record<string, ClaudeModel>> = {
  'claude-haiku-4-5': CLAUDE_4_5,
  'claude-sonnet-4': CLAUDE_4_5,
  'claude-sonnet-4-5': CLAUDE_4_5,
  'claude-opus-4': CLAUDE_4_5,
  'claude-opus-4-1': CLAUDE_4_5,
  'claude-opus-4-5': CLAUDE_4_5,
  'claude-sonnet-4-6': CLAUDE_4_6,
  'claude-opus-4-6': CLAUDE_4_6,
  'claude-opus-4-7': CLAUDE_4_6,
  'claude-opus-4-8': CLAUDE_4_6,
  'claude-sonnet-5': CLAUDE_5,
  'claude-opus-5': CLAUDE_5,
  'claude-haiku-5-5': CLAUDE_5_5,
  'claude-sonnet-5-5': { ...CLAUDE_5_5, leastThinking: 'between_tools' },
  'claude-opus-5-5': OPUS_5_5,
  'claude-fable-5': ALWAYS_THINKS,
  'claude-mythos-5': ALWAYS_THINKS,
  'claude-mythos-preview': ALWAYS_THINKS,
  'claude-fable-5-1': OPUS_5_5,
  'claude-fable-5-2': OPUS_5_5,
  'claude-mythos-5-1': OPUS_5_5,
};

const NEWEST = OPUS_5_5;
const OLDEST_NAME = /^claude-(?:3|2|instant)/;
/** A date, or a word in its place: `-20251001`, `@20251001`, `-latest`. */
const VERSION = /[-@](?:\d{8}|latest)$/;
/** What gateways of clouds write before the name. */
const PUBLISHER = /^.*\b(?=claude-)/;

/** What a model takes. @param name the vendor's name for it, with or without a date */
export const claudeModel = remembered((name): ClaudeModel => {
  const plain = name.replace(PUBLISHER, '').replace(VERSION, '');
  return withFacts(writtenModel(plain), factsOf('anthropic', plain));
});

/** What the sources of the catalogue say stands for what is written here. */
function withFacts(model: ClaudeModel, facts: ModelFacts): ClaudeModel {
  const { sampling = model.sampling, prefill = model.prefill, laterSystem = model.laterSystem } = facts;
  const efforts = facts.efforts ? EFFORTS.filter((effort) => facts.efforts?.includes(effort)) : model.efforts;
  const forcedTools = facts.forcedTools === false ? 'no' : model.forcedTools;
  return { ...model, sampling, prefill, laterSystem, efforts, forcedTools };
}

function writtenModel(plain: string): ClaudeModel {
  if (Object.hasOwn(MODELS, plain)) return MODELS[plain] ?? NEWEST;
  // A server of another vendor that speaks this API does not know Claude's newer members.
  return OLDEST_NAME.test(plain) || !plain.startsWith('claude-') ? CLAUDE_3 : NEWEST;
}
