import type { PartLimits } from '../../translator';
import type { InputTypeNames } from '../../vectors/input-type';

/** How a vendor's embeddings differ from OpenAI's. A member that is absent means that the vendor lacks it. */
export interface EmbeddingRules {
  /** What the vendor takes in one request. */
  readonly limits: PartLimits;
  /** The member that takes the number of dimensions. */
  readonly dimensions?: string;
  /** Whether the vendor sends float32 values in base64, which are shorter and exact. */
  readonly base64?: boolean;
  /** Whether inputs may be tokens. */
  readonly tokens?: boolean;
  /** The vendor's words for `input_type`; `any`: as the caller says. */
  readonly inputTypes?: InputTypeNames | 'any';
  /** Members that are left out and reported. */
  readonly dropped?: readonly string[];
}

/** More inputs than the gateway takes. */
export const NO_LIMIT: PartLimits = { parts: 2048 };
