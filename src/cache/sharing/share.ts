import { GatewayError } from '../../common/errors';

/** Teams that get each other's stored answers. */
export interface Share {
  id: string;
  name: string;
  /** Whether every team is in it, also those that are made later. */
  all: boolean;
  /** The teams in it; empty where all are. */
  teamIds: string[];
  /** The models whose answers are shared; null is all. */
  models: string[] | null;
}

/** A share as administrators see it. */
export interface StoredShare extends Share {
  createdAt: Date;
  updatedAt: Date;
}

/** Who shares answers: what a cache key begins with. */
export interface CacheScope {
  /** The id of a team, or of a share. */
  readonly id: string;
  /** Another one for other members or models of a share: who asks under one does not wait for who asks under another. */
  readonly version?: string;
  /** Set when the share has changed: what was asked under it before is neither served nor stored any more. */
  ended?: boolean;
}

/** Where two shares would both have a team's answers for a model. */
export interface Overlap {
  share: Share;
  teamId: string | undefined;
  model: string | undefined;
}

/** The first share that has a team in common with another one, for a model that both have. */
export function overlapOf(share: Share, others: readonly Share[]): Overlap | undefined {
  for (const other of others) {
    if (other.id === share.id) continue;
    const teams = common(share.all ? null : share.teamIds, other.all ? null : other.teamIds);
    const models = common(share.models, other.models);
    if (teams && models) return { share: other, teamId: teams.first, model: models.first };
  }
  return undefined;
}

/** What two lists have in common, where null is everything. */
function common(
  one: readonly string[] | null,
  other: readonly string[] | null,
): { first: string | undefined } | undefined {
  if (one === null || other === null) {
    const first = (one ?? other)?.[0];
    return one === null && other === null ? { first: undefined } : first === undefined ? undefined : { first };
  }
  const first = one.find((each) => other.includes(each));
  return first === undefined ? undefined : { first };
}

export function noSuchShare(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no share '${id}'.` });
}
