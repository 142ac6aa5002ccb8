import { spanOf } from './audit-query';

describe('the days of the audit log', () => {
  it('are both in the period', () => {
    expect(spanOf({ from: '2026-11-27', to: '2026-11-27' }, 'Asia/Seoul')).toEqual({
      from: '2026-11-27T00:00:00+09:00',
      to: '2026-11-28T00:00:00+09:00',
    });
  });
});
