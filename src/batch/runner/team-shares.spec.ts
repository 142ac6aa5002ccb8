import { TeamShares } from './team-shares';

const WANTS_FOR_MS = 10_000;

describe('TeamShares', () => {
  let nowMs: number;
  let shares: TeamShares;
  const takeAll = (teamId: string) => {
    let taken = 0;
    while (shares.take(teamId)) taken += 1;
    return taken;
  };

  beforeEach(() => {
    nowMs = 0;
    shares = new TeamShares(8, WANTS_FOR_MS, () => nowMs);
  });

  it('gives a team alone all places', () => {
    expect(takeAll('a')).toBe(8);
    shares.give('a');
    expect(takeAll('a')).toBe(1);
  });

  it('A6: gives what becomes free to a team that was refused, up to its share', () => {
    takeAll('a');
    expect(shares.take('b')).toBe(false);
    for (let ended = 0; ended < 5; ended += 1) shares.give('a');
    expect([takeAll('a'), takeAll('b'), takeAll('a')]).toEqual([1, 4, 0]);
  });

  it('gives all again once the other team has not asked for some time', () => {
    takeAll('a');
    shares.take('b');
    for (let ended = 0; ended < 8; ended += 1) shares.give('a');
    expect(takeAll('a')).toBe(4);
    nowMs += WANTS_FOR_MS + 1;
    expect(takeAll('a')).toBe(4);
  });
});
