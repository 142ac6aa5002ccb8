/**
 * Places that are taken without waiting. A team alone may have all of them; while a team wants some that was refused one lately,
 * each gets no more than its share.
 */
export class TeamShares {
  private readonly taken = new Map<string, number>();
  /** When teams were refused a place last. */
  private readonly refusedAt = new Map<string, number>();

  /**
   * @param wantsForMs how long a team that was refused is taken to want a place
   * @param nowMs a clock that is never set back
   */
  constructor(
    private readonly total: number,
    private readonly wantsForMs: number,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** @returns whether the team has a place, to {@link give} back; otherwise it asks again later */
  take(teamId: string): boolean {
    const mine = this.taken.get(teamId) ?? 0;
    if (this.all() < this.total && mine < this.shareOf(teamId)) {
      this.taken.set(teamId, mine + 1);
      return true;
    }
    this.refusedAt.set(teamId, this.nowMs());
    return false;
  }

  give(teamId: string): void {
    const left = (this.taken.get(teamId) ?? 0) - 1;
    if (left > 0) this.taken.set(teamId, left);
    else this.taken.delete(teamId);
  }

  private all(): number {
    return [...this.taken.values()].reduce((sum, count) => sum + count, 0);
  }

  private shareOf(teamId: string): number {
    const oldestMs = this.nowMs() - this.wantsForMs;
    for (const [team, atMs] of this.refusedAt) if (atMs < oldestMs) this.refusedAt.delete(team);
    const wanting = new Set([...this.refusedAt.keys(), teamId]);
    return Math.ceil(this.total / wanting.size);
  }
}
