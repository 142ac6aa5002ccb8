import type { FactsVendor } from '../models/model-facts';
import type { EmbeddingRules } from '../openai/embeddings/embedding-rules';
import type { ErrorMeanings } from '../openai/openai-error';

/** Capabilities that a vendor may lack, and that cannot be left out in silence. */
export type Refusal =
  | 'choices'
  | 'logprobs'
  | 'stop'
  | 'pictures'
  | 'audio input'
  | 'audio output'
  | 'files'
  | 'web search'
  | 'custom tools'
  | 'forced tools';

/** The members by which vendors take an effort of reasoning. */
export type EffortStyle =
  | 'reasoning_effort'
  | 'reasoning_effort none or default'
  | 'thinking.type'
  | 'thinking.type and reasoning_effort'
  | 'enable_thinking and thinking_budget'
  | 'reasoning.effort'
  | 'reasoning.enabled'
  | 'chat_template_kwargs.enable_thinking';

/** A vendor, or a kind of server, that has OpenAI's chat completions with differences. */
export interface CompatibleVendor {
  /** As people write it. */
  readonly label: string;
  readonly baseUrl?: string;
  readonly variables?: string;
  readonly keyless?: boolean;
  /** The vendor's page about its chat completions. */
  readonly see: string;
  readonly quirks: Quirks;
}

/** How a vendor's chat completions differ from OpenAI's. A member that is absent means: as OpenAI. */
export interface Quirks {
  readonly request: RequestRules;
  /** Rules for some of the vendor's models, besides those for all; each replaces what an earlier one says. */
  readonly models?: readonly ModelRules[];
  /** Whose models' facts of the catalogue hold besides. */
  readonly facts?: FactsVendor;
  /** Undefined where responses are OpenAI's own: their bytes pass. */
  readonly answer?: AnswerQuirks;
  /** What the codes, types and statuses of its errors mean, where they are not OpenAI's. */
  readonly errors?: ErrorMeanings;
  /** Whose calls go to the vendor's Responses, where bytes pass: those of all models, or of those that have no chat completions. */
  readonly responses?: 'all models' | 'models without chat';
  /** How its embeddings differ from OpenAI's; undefined where it has none. */
  readonly embeddings?: EmbeddingRules;
  /** Azure: the key in the header `api-key`, and the deployment in the URL of its older API. */
  readonly azure?: boolean;
}

export interface RequestRules {
  /** The member that takes the limit of output tokens; `either` takes both. */
  readonly tokenLimit?: 'max_completion_tokens' | 'max_tokens' | 'either';
  /** Members that are left out, and reported where they had an effect. */
  readonly dropped?: readonly string[];
  /** Values of members that are left out and reported; the vendor takes others. */
  readonly droppedValues?: Readonly<Record<string, readonly unknown[]>>;
  /** Whether the vendor takes `prompt_cache_key`, by which the turns of a conversation find its prompt cache. */
  readonly promptCacheKey?: boolean;
  /** OpenAI's names of members, with the vendor's. */
  readonly renamed?: Readonly<Record<string, string>>;
  /** Members that go into a header. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What the vendor lacks, and without which the answer would be another one. */
  readonly refused?: readonly Refusal[];
  /** What holds besides, unless the caller turns the model's reasoning off. */
  readonly whileReasoning?: Pick<RequestRules, 'dropped' | 'refused'>;
  /** `system` where messages of the role `developer` get that role. */
  readonly developerRole?: 'system';
  /** Whether `name` of messages is left out. */
  readonly namelessMessages?: boolean;
  /** `user` where an instruction after a tool's result gets that role. */
  readonly systemAfterTool?: 'user';
  /** The only members that the vendor takes in an assistant's message. */
  readonly assistantMembers?: readonly string[];
  readonly reasoning?: {
    readonly style: EffortStyle;
    /** Levels of effort that the vendor takes; any other becomes the nearest of them. Empty: it takes none. */
    readonly levels: readonly string[];
  };
  /** Reasoning of earlier turns: none is sent, that of turns with tool calls, or all. Undefined: what the caller sends. */
  readonly replay?: 'none' | 'tool-calls' | 'all';
  /** The member of a message with its reasoning, where it is not `reasoning_content`. */
  readonly replayMember?: string;
  readonly toolChoice?: {
    /** The vendor's word for `required`. */
    readonly required?: string;
    /** Whether `none` is sent as a request without tools. */
    readonly noneOmitsTools?: boolean;
    /** Whether a choice of `allowed_tools` is sent as the list of those tools. */
    readonly allowedFilters?: boolean;
  };
  /** Whether `strict` of tools is left out. */
  readonly looseTools?: boolean;
  /** The ids of tool calls that the vendor takes: nine letters and digits. */
  readonly toolIds?: 'nine';
  /** Where a JSON schema goes: beside the type of the format, or, for want of a place, into an instruction. */
  readonly jsonSchema?: 'beside-type' | 'instruction';
  /** Whether streams have their usage unasked, and the vendor refuses `stream_options`. */
  readonly usageUnasked?: boolean;
  /** Whether the model has Responses and no chat completions, which are then translated. */
  readonly responsesOnly?: boolean;
  /** Whether the model answers only in streams. */
  readonly streamsOnly?: boolean;
  /** Members that a stream with tools has besides, if the caller does not set them. */
  readonly toolStream?: Readonly<Record<string, unknown>>;
}

export interface ModelRules extends RequestRules {
  /** The models as people name them. */
  readonly models: string;
  /** Compared with the vendor's name for the model. */
  readonly match: RegExp;
}

export interface AnswerQuirks {
  /** Whether the model's reasoning is in `reasoning`; callers get it as `reasoning_content`. */
  readonly reasoning?: boolean;
  /** Whether contents may be lists with reasoning among their parts; callers get two texts. */
  readonly contentLists?: boolean;
}
