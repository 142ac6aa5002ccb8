import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
/** Every text in Korean that people read. */
const FILES = [
  'README.ko.md',
  'src/alerts/alert-texts.ts',
  'src/usage/requests/caching-texts.ts',
  'src/credits/statements/statement-texts.ts',
];
/** Words that the glossary has another one for, each with that one. */
const REJECTED = {
  프로바이더: '공급자',
  제공자: '공급자',
  디플로이먼트: '배포',
  히트: '적중',
  캐시미스: '미적중',
  복제본: '레플리카',
  내역서: '명세서',
  인보이스: '명세서',
  버짓: '예산',
  폴백: '대체 경로',
  어드민: '관리자',
};

describe('N21: Korean texts', () => {
  it.each(FILES)('use one word for one thing: %s', (file) => {
    const text = readFileSync(resolve(ROOT, file), 'utf8');
    expect(Object.entries(REJECTED).filter(([word]) => text.includes(word))).toEqual([]);
  });
});
