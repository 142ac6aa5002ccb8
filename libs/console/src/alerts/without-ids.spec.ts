import { withoutIds } from './without-ids';

describe('the text of an alert in a list', () => {
  it.each([
    [
      '팀 검색팀 (team_01M8N5QNW015J595K2HN3TTQBG)의 지출이 $3.62로, 예산 $4.01의 90%에 도달했습니다.',
      '팀 검색팀의 지출이 $3.62로, 예산 $4.01의 90%에 도달했습니다.',
    ],
    [
      'Cached responses were invalidated by 민지 (platform) (key_01M8N5QNTHWQCS5HCSZS2J46KP).',
      'Cached responses were invalidated by 민지 (platform).',
    ],
    ['The batch batch_01M8HHKJ3Z5KVVKMYWWXHSAMDE has ended.', 'The batch batch_01M8HHKJ3Z5KVVKMYWWXHSAMDE has ended.'],
  ])('%s', (text, shown) => expect(withoutIds(text)).toBe(shown));
});
