import type { ToolCallRule } from '../common/caller';

/** A provider and its name for a model, behind a public name. */
export interface Deployment {
  /** `provider/upstream model`. */
  id: string;
  /** The model's name for applications. */
  publicName: string;
  provider: string;
  upstreamModel: string;
  /** The lowest is tried first. */
  priority: number;
  /** The share of calls among deployments of one priority. */
  weight: number;
  maxParallel: number | undefined;
}

/** A model by the name that applications use. */
export interface Model {
  name: string;
  /** The provider of the first deployment: shown as `owned_by`. */
  ownedBy: string;
  deployments: readonly Deployment[];
  /**
   * The upstream model of the first deployment. Only responses of this family are stored: the response of a fallback to
   * another upstream model is never served from the cache under this model's name.
   */
  family: string;
  /** The deployments of the family, see targetOf. A part of the cache key: replicas with other providers share no responses. */
  target: string;
  cache: {
    /** False: the cache is neither read nor written. */
    enabled?: boolean | undefined;
    ttlSeconds: number;
    /** The longest TTL that a call may request. */
    maxTtlSeconds?: number | undefined;
    /** False: its responses are not shared, even if a team has a share. */
    shared?: boolean | undefined;
    storeToolCalls: ToolCallRule;
    /** How fast a stored response is replayed as a stream; undefined: as fast as the client reads. */
    replayTokensPerSecond?: number | undefined;
    /** Whether a new fingerprint in an upstream response is no drift for this model. */
    ignoreFingerprint: boolean;
  };
  maxOutputTokens: number | undefined;
  /** The limit of output tokens for calls without one, if their key has none. */
  defaultMaxTokens?: number | undefined;
  /** Whether the model writes reasoning, which is charged as output and may not be shown. */
  reasons: boolean;
}
