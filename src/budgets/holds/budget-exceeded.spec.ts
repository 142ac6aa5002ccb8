import { aBudget, budgetExceeded } from '../../calls/testing/builders';

describe('the error of a budget without room', () => {
  it.each([
    [{ scopeName: 'Search' }, 'team Search (team_1)'],
    [{ scopeName: 'nightly', keyId: 'key_1' }, 'key nightly (key_1)'],
    [{}, 'team:team_1'],
  ])('N9: names the team or the key, where the name is known: %j', (members, scope) => {
    const { id } = aBudget();
    expect(budgetExceeded(members).message).toMatch(
      new RegExp(`^The budget ${id} of ${scope.replace(/[()]/g, '\\$&')} has no room`),
    );
  });
});
