import { followUp } from './follow-up';

describe('what follows an act', () => {
  it('leaves what is gone before it is loaded again, and then says what was done', async () => {
    const seen: string[] = [];
    const after = async (what: string) => {
      await Promise.resolve();
      seen.push(what);
    };
    const options = {
      done: (name: string) => `deleted ${name}`,
      leave: () => after('left'),
      reload: ['teams', 'keys'],
    };
    await followUp(
      'search',
      options,
      (key) => after(`loaded ${key}`),
      (message) => seen.push(message),
    );
    expect(seen).toEqual(['left', 'loaded teams', 'loaded keys', 'deleted search']);
  });
});
