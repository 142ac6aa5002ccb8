import { requireSeen, versionOf } from './seen-version';

describe('the version that was read', () => {
  const team = { id: 'team_1', name: 'Search' };
  const tag = `"${versionOf(team)}.the-hash-of-the-rest"`;
  const seen = (ifMatch: string) => () => requireSeen({ id: 'key_1', ifMatch }, team);

  it('is that of the object, whatever else its route shows', () => {
    for (const ifMatch of [tag, `W/${tag}`, `"other", ${tag}`, `"${versionOf(team)}"`, '*', ' * '])
      expect(seen(ifMatch)).not.toThrow();
  });

  it('is an old one after a change', () => {
    const old = versionOf({ ...team, name: 'Old' });
    for (const ifMatch of [`"${old}.hash"`, `"hash.${versionOf(team)}"`, versionOf(team), '', '""', 'W/"*"'])
      expect(seen(ifMatch)).toThrow(expect.objectContaining({ code: 'precondition_failed' }));
  });

  it('does not count without If-Match', () => {
    expect(() => requireSeen('gateway', team)).not.toThrow();
  });
});
