import { isRecord, type JsonRecord, nameOf } from '../json-record';
import type { AnswerFacts, ReadReply, TokenUsage } from '../translator';
import { gatherVectors } from './vector-list';

/** What a vendor answered, as far as it is read. */
export interface VectorAnswer {
  /** In the order of the inputs; undefined for what is no vector. */
  vectors: readonly (string | undefined)[];
  /** How many inputs were sent. */
  inputs: number;
  /** The vendor's name of the model version; undefined where it names none. */
  model: unknown;
  usage: TokenUsage | undefined;
}

/** The response with these vectors; unreadable where some are missing. */
export function vectorReply({ vectors, inputs, model, usage }: VectorAnswer): ReadReply {
  const whole = vectors.filter((vector) => vector !== undefined);
  if (inputs === 0 || whole.length !== inputs || vectors.length !== inputs) return { kind: 'unreadable', usage };
  return { kind: 'response', reply: { body: gatherVectors(whole), facts: factsOf(nameOf(model), usage) } };
}

function factsOf(upstreamModel: string | undefined, usage: TokenUsage | undefined): AnswerFacts {
  return {
    upstreamModel,
    systemFingerprint: undefined,
    serviceTier: undefined,
    finishReasons: ['stop'],
    hasToolCalls: false,
    refused: false,
    failed: false,
    empty: false,
    usage,
  };
}

/** Usage of input alone. Inputs have tokens: a count of nothing is none. */
export function inputUsage(count: unknown): TokenUsage | undefined {
  if (!Number.isSafeInteger(count) || Number(count) <= 0) return undefined;
  return { inputTokens: Number(count), cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
}

/** The inputs of a request, in whichever form. */
export function inputsOf({ input }: JsonRecord): unknown[] {
  if (!Array.isArray(input)) return [input];
  return typeof input[0] === 'number' ? [input] : input;
}

/** Whether some input is a list of tokens, which means nothing to another vendor. */
export function hasTokens(body: JsonRecord): boolean {
  return inputsOf(body).some(Array.isArray);
}

/** The elements in the order of their `index`, or as they come where they have none. */
export function inOrder(data: readonly unknown[]): JsonRecord[] {
  const elements = data.filter(isRecord);
  if (!elements.every(({ index }) => typeof index === 'number')) return elements;
  return elements.toSorted((a, b) => Number(a.index) - Number(b.index));
}
