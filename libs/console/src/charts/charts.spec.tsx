import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { IntlProvider } from 'react-intl';
import { chartBuckets, chartMessages, Line, Ranking, Spark, StackedColumns } from '.';

const buckets = chartBuckets(['2026-11-26', '2026-11-27'], 'Asia/Seoul', 'ko', new Date('2026-11-27T14:00:00Z'));
const chart = { title: '비용 $3', buckets, format: (usd: string) => `$${usd}`, timeHeader: '날짜 (KST)' };
const series = [...'abcdefgh'].map((name) => ({ name, values: ['1', '2'] }));

const rendered = (node: ReactNode) =>
  renderToStaticMarkup(
    <IntlProvider locale="ko" messages={chartMessages.ko}>
      {node}
    </IntlProvider>,
  );
const count = (text: string, part: string) => text.split(part).length - 1;

describe('charts', () => {
  it('are figures with a title, a focusable plot and a button for the table', () => {
    const html = rendered(<StackedColumns {...chart} series={series} />);
    expect(html).toContain('<figcaption');
    expect(html).toContain('role="application" aria-label="비용 $3"');
    expect(html).toContain('tabindex="0"');
    expect(html).toContain('aria-live="polite"');
    expect(html).toContain('표로 보기');
    expect(html).toContain('진행 중');
  });

  it('have one path a series and sum what is beyond six', () => {
    const html = rendered(<StackedColumns {...chart} series={series} />);
    expect(count(html, '<path d="M')).toBe(7);
    expect(html).toContain('기타');
  });

  it('have a hatched part for what was saved and a dashed line for the period before', () => {
    const saved = { name: '절감액', sumName: '정가', values: ['1', '1'] };
    const html = rendered(
      <StackedColumns
        {...chart}
        series={series}
        saved={saved}
        comparison={{ name: '이전 기간', values: ['9', '9'] }}
      />,
    );
    expect(html).toContain('fill="url(#');
    expect(html).toContain('stroke-dasharray="4 3"');
  });

  it('have an axis that is round in the currency of its labels', () => {
    const won = (usd: string) => `₩${Math.round(Number(usd) * 1385.5)}`;
    const html = rendered(<StackedColumns {...chart} series={series} formatTick={won} tickUnit={1385.5} />);
    const labels = [...html.matchAll(/₩(\d+)</g)].map(([, label]) => label);
    expect(labels).toEqual(['0', '5000', '10000', '15000', '20000', '25000']);
  });

  it('say that there is nothing to draw', () => {
    expect(rendered(<StackedColumns {...chart} buckets={[]} series={[]} />)).toContain('이 기간에 데이터가 없습니다');
  });

  it('draw lines with a forecast, a limit and marks', () => {
    const html = rendered(
      <Line
        {...chart}
        series={[{ name: 'a', values: ['1', null] }]}
        forecast={{ values: ['1', '2'], low: ['1', '1'], high: ['1', '3'] }}
        limit={{ name: '한도', amount: '2' }}
        marks={[{ at: 1, label: '세대 3' }]}
      />,
    );
    expect(html).toContain('한도 $2');
    expect(html).toContain('세대 3');
    expect(html).toContain('opacity="0.18"');
  });

  it('rank in a table with links', () => {
    const rows = [{ id: 't', name: '검색팀', href: '/console/teams/t', value: '2', second: '1' }];
    const headers = { name: '팀', value: '실제 비용', second: '절감액' };
    const html = rendered(<Ranking title="비용 상위 팀" rows={rows} headers={headers} format={chart.format} />);
    expect(html).toContain('<a href="/console/teams/t">검색팀</a>');
    expect(html).toContain('<th scope="col"');
  });

  it('have a name in words where they are small', () => {
    expect(rendered(<Spark title="오류 12건" values={[0, 9, 3]} />)).toContain('aria-label="오류 12건"');
  });
});
