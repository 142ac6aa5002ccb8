/** A provider's model that can answer for a public name. */
export interface Deployment {
  /** `provider/upstream model`. */
  id: string;
  /** The model's name for applications. */
  publicName: string;
  provider: string;
  upstreamModel: string;
  /** Lower is tried first. */
  priority: number;
  /** Share of the load among deployments of one priority. */
  weight: number;
  maxParallel: number | undefined;
}

/** A model by the name that applications use. */
export interface Model {
  name: string;
  /** Who answers first: shown as `owned_by`. */
  ownedBy: string;
  deployments: readonly Deployment[];
  /**
   * The upstream model of the first deployments. Only answers of this family are stored: what a fallback to another model
   * wrote is never served under this one's name.
   */
  family: string;
  /** The deployments of the family, see targetOf. A part of the cache key: replicas with other providers share no answers. */
  target: string;
  cache: {
    /** False: nothing is looked up and nothing kept. */
    enabled?: boolean | undefined;
    ttlSeconds: number;
    /** The longest that an answer lives, whatever a call asks for. */
    maxTtlSeconds?: number | undefined;
    /** False: its answers stay with each team, whatever that shares. */
    shared?: boolean | undefined;
    storeToolCalls: boolean;
    /** How fast streams of stored answers go out; undefined is as fast as they are read. */
    replayTokensPerSecond?: number | undefined;
    /** Whether another fingerprint in an upstream answer means nothing for this model. */
    ignoreFingerprint: boolean;
  };
  maxOutputTokens: number | undefined;
  /** Whether the model writes reasoning that is charged as output and may not be shown. */
  reasons: boolean;
}
