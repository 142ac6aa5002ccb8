/** The texts of the charts, by the ids that react-intl looks up. */
const en = {
  'charts.showTable': 'Show as table',
  'charts.showChart': 'Show as chart',
  'charts.keys': 'Left and right arrow keys move through the columns.',
  'charts.keysSelect': 'Left and right arrow keys move through the columns, Enter opens one.',
  'charts.inProgress': 'in progress',
  'charts.total': 'Total',
  'charts.others': 'Others',
  'charts.events': 'Events',
  'charts.forecast': 'Forecast',
  'charts.forecastLow': 'Forecast, low',
  'charts.forecastHigh': 'Forecast, high',
  'charts.noValue': 'none',
  'charts.empty': 'No data in this period',
};
export type ChartMessageId = keyof typeof en;

const ko: Record<ChartMessageId, string> = {
  'charts.showTable': '표로 보기',
  'charts.showChart': '차트로 보기',
  'charts.keys': '왼쪽·오른쪽 화살표 키로 막대를 이동합니다.',
  'charts.keysSelect': '왼쪽·오른쪽 화살표 키로 막대를 이동하고 Enter 키로 엽니다.',
  'charts.inProgress': '진행 중',
  'charts.total': '합계',
  'charts.others': '기타',
  'charts.events': '변경',
  'charts.forecast': '예상',
  'charts.forecastLow': '예상 하한',
  'charts.forecastHigh': '예상 상한',
  'charts.noValue': '없음',
  'charts.empty': '이 기간에 데이터가 없습니다',
};

export const chartMessages = { en, ko };
