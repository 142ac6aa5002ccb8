import type { FailureReason, UpstreamTimeouts } from '@thriftgate/providers';
import type { ToolCallRule } from '../common/caller';

/** How the deployments of one priority are ordered for a call. */
export type RoutingStrategy = 'weighted' | 'least-busy' | 'latency' | 'cheapest';

/** The models that answer in place of one, by the reason why it did not. */
export type Fallbacks = Readonly<Partial<Record<FailureReason, readonly string[]>>>;

/** How calls find a deployment, and what happens where none answers. */
export interface RoutingRules {
  strategy: RoutingStrategy;
  /** Whether the calls of a conversation go to one deployment, whose prompt cache has its beginning. */
  affinity: boolean;
  fallbacks: Fallbacks;
  /** What differs from the time-outs of all models. */
  timeouts: Partial<UpstreamTimeouts>;
}

/** The rules of a model that sets none. */
export const DEFAULT_ROUTING: RoutingRules = { strategy: 'weighted', affinity: true, fallbacks: {}, timeouts: {} };

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
  /** What the model is for, as the catalogue says: `chat`, `responses`, `embedding`. Undefined for models that it lacks. */
  mode?: string | undefined;
  maxOutputTokens: number | undefined;
  /** The most tokens that any of its deployments reads; undefined where that of one is unknown. */
  maxInputTokens?: number | undefined;
  /** The shortest prompt that the vendor's prompt cache takes; undefined where it is unknown. */
  promptCacheMinTokens?: number | undefined;
  /** The limit of output tokens for calls without one, if their key has none. */
  defaultMaxTokens?: number | undefined;
  /** Undefined: as {@link DEFAULT_ROUTING} says. */
  routing?: RoutingRules | undefined;
  /** Whether the model writes reasoning, which is charged as output and may not be shown. */
  reasons: boolean;
}
