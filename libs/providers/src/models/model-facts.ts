import * as file from './model-facts.json';

/** What a model takes, as far as the sources of the catalogue say it; `npm run prices:update` writes them. */
export interface ModelFacts {
  /** Kinds of input that the model does not take. */
  readonly lacks?: readonly string[];
  /** Sampling parameters. */
  readonly sampling?: boolean;
  /** A message of the assistant that the model continues. */
  readonly prefill?: boolean;
  /** A required call of a tool. */
  readonly forcedTools?: boolean;
  /** A system message in the middle of a conversation. */
  readonly laterSystem?: boolean;
  /** Thinking whose amount the model chooses. */
  readonly adaptiveThinking?: boolean;
  /** Levels of `reasoning_effort`, the least first. */
  readonly efforts?: readonly string[];
  /** Responses and no chat completions. */
  readonly responsesOnly?: boolean;
}

export type FactsVendor = Exclude<keyof typeof file, 'source'>;

/** A date at the end of a name, as `-2026-03-05` or `-20251101`. */
const DATE = /-\d{4}-?\d{2}-?\d{2}$/;

/**
 * @param model the vendor's name, with or without a date
 * @returns of a name with a date also what is said of the one without; none for a model that no source knows
 */
export function factsOf(vendor: FactsVendor, model: string): ModelFacts {
  const models: Readonly<Record<string, ModelFacts>> = file[vendor];
  const [plain, dated] = [model.replace(DATE, ''), model].map((name) =>
    Object.hasOwn(models, name) ? models[name] : undefined,
  );
  return { ...plain, ...dated };
}
