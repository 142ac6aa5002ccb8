import { factsOf, type ModelFacts } from '../models/model-facts';
import { remembered } from '../models/remembered';

/** In order: each level thinks more than the one before. */
export const THINKING_LEVELS = ['MINIMAL', 'LOW', 'MEDIUM', 'HIGH', 'XHIGH'] as const;
export type ThinkingLevel = (typeof THINKING_LEVELS)[number];

/** How a request sets how much a model thinks: by levels, by a budget in tokens, or not at all. */
export type Thinking =
  | { readonly by: 'level'; readonly levels: readonly ThinkingLevel[] }
  | { readonly by: 'budget'; readonly least: number; readonly most: number; readonly canBeOff: boolean }
  | { readonly by: 'nothing' };

/** What a Gemini model takes. */
export interface GeminiCapabilities {
  readonly thinking: Thinking;
  /** `temperature`, `topP`, `topK`. */
  readonly sampling: boolean;
  /** `presencePenalty`, `frequencyPenalty`. */
  readonly penalties: boolean;
  /** `candidateCount` above 1. */
  readonly severalCandidates: boolean;
  /** `systemInstruction`; other models get it as text of the first user turn. */
  readonly systemInstruction: boolean;
  /** `responseJsonSchema` in a request with tools. */
  readonly jsonWithTools: boolean;
  /** Images and files inside a `functionResponse`. */
  readonly mediaInResults: boolean;
  /** `fileData` with any https URL, which the vendor fetches. */
  readonly fetchesUrls: boolean;
  /** Kinds of input that it does not take: `image`, `audio`. */
  readonly lacks: readonly string[];
  /** Whether a `functionCall` of an open turn without its `thoughtSignature` is refused. */
  readonly needsSignatures: boolean;
}

const by = (...levels: ThinkingLevel[]): Pick<GeminiCapabilities, 'thinking'> => ({
  thinking: { by: 'level', levels },
});
const NO_THINKING = { thinking: { by: 'nothing' } } as const;
const NO_SAMPLING = { sampling: false } as const;

/** Gemini 3 and later, and names that are new. */
const NEWEST: GeminiCapabilities = {
  ...by('MINIMAL', 'LOW', 'MEDIUM', 'HIGH'),
  sampling: true,
  penalties: true,
  severalCandidates: false,
  systemInstruction: true,
  jsonWithTools: true,
  mediaInResults: true,
  fetchesUrls: true,
  lacks: [],
  needsSignatures: true,
};

const BEFORE_3 = {
  severalCandidates: true,
  jsonWithTools: false,
  mediaInResults: false,
  needsSignatures: false,
} as const;
const budget = (least: number, most: number, canBeOff: boolean) =>
  ({ ...BEFORE_3, penalties: false, thinking: { by: 'budget', least, most, canBeOff } }) as const;

/**
 * What differs from {@link NEWEST} and no source of the catalogue says; a later line overrides an earlier one.
 *
 * @see https://ai.google.dev/gemini-api/docs/thinking levels and budgets of each model
 * @see https://ai.google.dev/gemini-api/docs/file-input-methods external URLs, not with Gemini 2.0
 */
const DIFFERENCES: readonly (readonly [RegExp, Partial<GeminiCapabilities>])[] = [
  [/^gemini-\d+(\.\d+)?-pro|^gemini-pro-latest/, by('LOW', 'MEDIUM', 'HIGH')],
  [/^gemini-3-pro/, by('LOW', 'HIGH')],
  [/^gemini-flash-latest/, by('LOW', 'MEDIUM', 'HIGH')],
  [/^gemini-4-/, by('LOW', 'MEDIUM', 'HIGH')],
  [/^gemini-flash(-lite)?-latest/, NO_SAMPLING],
  [/^gemini-2\.5-flash/, budget(1, 24_576, true)],
  [/^gemini-2\.5-flash-lite/, budget(512, 24_576, true)],
  [/^gemini-2\.5-pro/, budget(128, 32_768, false)],
  [/^gemini-2\.5-computer-use/, budget(128, 32_768, false)],
  [/^gemini-2\.0/, { ...BEFORE_3, ...NO_THINKING, fetchesUrls: false }],
  [/^gemini-.*-(image|tts|native-audio)/, NO_THINKING],
  [/^gemma-/, { ...BEFORE_3, ...NO_THINKING, systemInstruction: false, fetchesUrls: false }],
  [/^gemma-4-/, by('MINIMAL', 'HIGH')],
];

/** @param model the vendor's name, with or without `models/` */
export const capabilitiesOf = remembered((model): GeminiCapabilities => {
  const name = model.replace(/^models\//, '');
  const differences = DIFFERENCES.filter(([names]) => names.test(name)).map(([, lacks]) => lacks);
  return withFacts(Object.assign({}, NEWEST, ...differences), factsOf('gemini', name));
});

/** What the sources of the catalogue say stands for what is written here. */
function withFacts(model: GeminiCapabilities, facts: ModelFacts): GeminiCapabilities {
  const { sampling = model.sampling, lacks = model.lacks, efforts } = facts;
  const known = { ...model, sampling, lacks };
  if (efforts === undefined || model.thinking.by !== 'level') return known;
  const levels = THINKING_LEVELS.filter((level) => efforts.includes(level.toLowerCase()));
  return { ...known, thinking: { by: 'level', levels } };
}
