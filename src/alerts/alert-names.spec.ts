import { idsIn, withNames } from './alert-names';

const [TEAM, KEY] = ['team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', 'key_01KAS5M8Z2Q6W9Y3T7N4B1C0DF'];
const NAMES = new Map([
  [TEAM, 'Search'],
  [KEY, 'nightly'],
]);

describe('the names in alerts', () => {
  it('N9: stand before the ids of teams and keys, in both languages', () => {
    expect(withNames(`Team ${TEAM} has spent $1.00; a call of key ${KEY}.`, NAMES)).toBe(
      `Team Search (${TEAM}) has spent $1.00; a call of key nightly (${KEY}).`,
    );
    expect(withNames(`팀 ${TEAM}의 지출, 키 ${KEY}의 호출`, NAMES)).toBe(
      `팀 Search (${TEAM})의 지출, 키 nightly (${KEY})의 호출`,
    );
  });

  it('N9: are left out where there is none, and in ids that have another one in them', () => {
    const text = `Team ${TEAM.replace('DE', 'DG')}, budget credits_${TEAM}, team constructor`;
    expect(withNames(text, NAMES)).toBe(text);
  });

  it('are taken as they are', () => {
    const names = new Map([
      [TEAM, `$& ${KEY}`],
      [KEY, 'nightly'],
    ]);
    expect(withNames(TEAM, names)).toBe(`$& ${KEY} (${TEAM})`);
  });

  it('are looked up for the team of the alert, and for each id in its data', () => {
    const alert = { teamId: TEAM, data: { scope: `key:${KEY}`, what: { team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DH' } } };
    expect(idsIn(alert)).toEqual([TEAM, KEY, 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DH']);
    expect(idsIn({ teamId: null, data: { by: 'admin' } })).toEqual([]);
  });
});
