import { hash } from 'node:crypto';
import type { CacheScope, Share } from './share';

/** A share as it stands since its members or models last changed. */
interface SharedScope extends CacheScope {
  ended: boolean;
  version: string;
  models: ReadonlySet<string> | null;
}

/** The shares in force, by team. A team is in at most one for each model. */
export class ShareBook {
  private scopes = new Map<string, SharedScope>();
  private byTeam = new Map<string, SharedScope[]>();
  private everyone: SharedScope[] = [];

  /** Puts shares in force in place of those before. The scope of a share whose members or models are others now ends. */
  replace(shares: readonly Share[]): void {
    const old = this.scopes;
    this.scopes = new Map();
    this.byTeam = new Map();
    this.everyone = [];
    for (const share of shares) {
      const before = old.get(share.id);
      const version = versionOf(share);
      this.put(share, before?.version === version ? before : newScope(share, version));
    }
    for (const [id, scope] of old) if (this.scopes.get(id) !== scope) scope.ended = true;
  }

  /** What a team shares for a model; undefined where it shares nothing. */
  scopeOf(teamId: string, model: string): CacheScope | undefined {
    if (this.scopes.size === 0) return undefined;
    return find(this.byTeam.get(teamId), model) ?? find(this.everyone, model);
  }

  private put(share: Share, scope: SharedScope): void {
    this.scopes.set(share.id, scope);
    if (share.all) this.everyone.push(scope);
    else for (const teamId of share.teamIds) this.byTeam.set(teamId, [...(this.byTeam.get(teamId) ?? []), scope]);
  }
}

function newScope({ id, models }: Share, version: string): SharedScope {
  return { id, ended: false, version, models: models && new Set(models) };
}

/** The same on every replica for the same members and models. */
function versionOf({ all, teamIds, models }: Share): string {
  return hash('sha256', JSON.stringify([all, teamIds, models])).slice(0, 16);
}

function find(scopes: readonly SharedScope[] | undefined, model: string): SharedScope | undefined {
  return scopes?.find(({ models }) => models === null || models.has(model));
}
