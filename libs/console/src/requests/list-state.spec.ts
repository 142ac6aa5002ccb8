import { listState } from './list-state';

const rows = { isPending: false, rowCount: 0, hasNextPage: false, error: null };

describe('the request log', () => {
  it('is empty only where no further page can have rows', () => {
    expect(listState(rows)).toBe('empty');
    expect(listState({ ...rows, hasNextPage: true })).toBe('looking');
    expect(listState({ ...rows, isPending: true })).toBe('looking');
  });

  it('has its rows, also where a further page has failed', () => {
    expect(listState({ ...rows, rowCount: 1, error: new Error('x') })).toBe('list');
    expect(listState({ ...rows, hasNextPage: true, error: new Error('x') })).toBe('failed');
  });
});
