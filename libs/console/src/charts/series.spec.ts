import { bucketInWords } from './chart-column';
import { chartMessages } from './messages';
import { chartBuckets, foldSeries, pixelValues, sumsByBucket } from './series';
import { bucketAfter } from './use-cursor';

const named = (name: string, ...values: (string | null)[]) => ({ name, values });

describe('series', () => {
  it('beyond six are summed exactly, with the others of the report', () => {
    const series = [...'abcdefgh'].map((name) => named(name, '0.1', null));
    const folded = foldSeries(series, '기타', ['0.3', '2']);
    expect(folded.map(({ name }) => name)).toEqual([...'abcdef', '기타']);
    expect(folded.at(-1)?.values).toEqual(['0.5', '2']);
  });

  it('up to six stay as they are', () => {
    const series = [named('a', '1'), named('b', '2')];
    expect(foldSeries(series, '기타')).toEqual(series);
  });

  it('have sums without the errors of floats, and none where nothing is known', () => {
    expect(
      sumsByBucket([
        ['0.1', null, '9007199254740993'],
        ['0.2', null, '0.01'],
      ]),
    ).toEqual(['0.3', null, '9007199254740993.01']);
    expect(sumsByBucket([])).toEqual([]);
  });

  it('draw no part below the axis', () => {
    expect(pixelValues(['1.5', null, '-2', 3])).toEqual([1.5, 0, 0, 3]);
  });
});

describe('buckets', () => {
  const [bucket] = chartBuckets(['2026-11-27'], 'Asia/Seoul', 'ko', new Date('2026-11-27T14:00:00Z'));

  it('have labels of the zone, and one is in progress', () => {
    expect(bucket).toEqual({ key: '2026-11-27', axis: '11. 27.', label: '2026. 11. 27. (금)', inProgress: true });
  });

  it('are said in words, without what has no amount', () => {
    const columns = [
      { name: '합계', values: ['8.2'], inLegend: false },
      { name: 'gpt-4.1', values: [null], inLegend: true },
      { name: '변경', values: ['세대 3'], inLegend: false, isText: true },
    ];
    const words = bucket && bucketInWords(bucket, 0, columns, (amount) => `$${amount}`, '진행 중');
    expect(words).toBe('2026. 11. 27. (금), 진행 중: 합계 $8.2, 변경 세대 3');
  });
});

describe('keys', () => {
  it.each([
    ['ArrowRight', undefined, 0],
    ['ArrowLeft', undefined, 26],
    ['ArrowRight', 26, 26],
    ['ArrowLeft', 0, 0],
    ['PageDown', 3, 10],
    ['PageUp', 3, 0],
    ['Home', 9, 0],
    ['End', 9, 26],
    ['a', 9, undefined],
  ])('%s at %p of 27 leads to %p', (key, active, next) => expect(bucketAfter(key, active, 27)).toBe(next));
});

describe('texts', () => {
  it('are in both languages', () => {
    expect(Object.keys(chartMessages.ko)).toEqual(Object.keys(chartMessages.en));
  });
});
