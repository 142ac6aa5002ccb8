import type * as contracts from '@thriftgate/contracts';
import { GatewayError } from '../../common/errors';

/** Teams that read each other's stored responses. */
export interface Share {
  id: string;
  name: string;
  /** Whether every team is a member, also teams that are created later. */
  all: boolean;
  /** The member teams; empty where `all` is true. */
  teamIds: string[];
  /** The models whose responses are shared; null is all. */
  models: string[] | null;
}

/** A share as the database has it. */
export interface StoredShare extends Share {
  createdAt: Date;
  updatedAt: Date;
}

/** Whose responses a cache key reaches. */
export interface CacheScope {
  /** The id of a team, or of a share. */
  readonly id: string;
  /** Changes with a share's members and models: calls under different versions are not coalesced. */
  readonly version?: string;
  /** Set when the share has changed: responses to calls before that are neither served nor stored any more. */
  ended?: boolean;
}

/** A team and a model that two shares both cover; undefined is every team, or every model. */
export interface Overlap {
  share: Share;
  teamId: string | undefined;
  model: string | undefined;
}

/** The first other share that covers a team and a model which this share covers too. */
export function overlapOf(share: Share, others: readonly Share[]): Overlap | undefined {
  for (const other of others) {
    if (other.id === share.id) continue;
    const teams = common(share.all ? null : share.teamIds, other.all ? null : other.teamIds);
    const models = common(share.models, other.models);
    if (teams && models) return { share: other, teamId: teams.first, model: models.first };
  }
  return undefined;
}

/** The first common element of two lists, where null is everything. */
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

/** A share as `/admin` shows it. */
export function toWire({ id, name, all, teamIds, models, createdAt, updatedAt }: StoredShare): contracts.CacheShare {
  return {
    id,
    name,
    all,
    team_ids: teamIds,
    models,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
