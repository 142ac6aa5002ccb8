import type { Help } from './help-en';

/** {@link helpEn} in Korean, by `docs/glossary.md`. */
export const helpKo: Help = {
  titles: {
    'Usage:': '사용법:',
    'Arguments:': '인수:',
    'Options:': '옵션:',
    'Global Options:': '공통 옵션:',
    'Commands:': '명령:',
  },
  options: '[옵션]',
  command: '[명령]',

  program: 'Thriftgate 게이트웨이의 배치, 사용량, 절감액을 터미널과 스크립트에서 다룹니다.',
  batch: '배치: 많은 호출을 한 번에, 절반 정도의 비용으로 처리합니다.',
  submit: '파일을 검사하고 견적을 보여 준 뒤 배치로 실행합니다.',
  quote: '파일을 배치로 실행할 때의 견적을 보여 줍니다. 비용이 들지 않습니다.',
  status: '배치의 상태를 보여 줍니다.',
  results: '배치의 결과를 파일이나 표준 출력으로 받습니다.',
  retry: '끝난 배치에서 응답이 없는 줄을 다시 실행합니다.',
  cancel: '배치를 취소합니다. 실행 중인 줄은 끝까지 실행되며 비용이 청구됩니다.',
  list: '팀의 배치를 최신순으로 보여 줍니다.',
  usage: '팀의 호출, 토큰, 비용을 보여 줍니다.',
  savings: '절감액을 보여 줍니다. 팀 키로는 팀의 절감액, 관리자 키로는 모든 팀의 절감액입니다.',
  models: '키로 사용할 수 있는 모델과 단가를 보여 줍니다.',
  key: '키의 정보와 남은 한도를 보여 줍니다.',

  file: 'JSONL 또는 CSV 파일. -는 표준 입력입니다',
  batchId: '배치 ID(batch_…)',

  baseUrl: '게이트웨이 주소(THRIFTGATE_BASE_URL, OPENAI_BASE_URL; http://127.0.0.1:3000)',
  apiKey: '팀의 API 키(THRIFTGATE_API_KEY, OPENAI_API_KEY; 환경 변수로 주면 프로세스 목록에 보이지 않습니다)',
  json: '표준 출력에 JSON 문서 하나만 출력합니다',
  lang: 'en 또는 ko. 기본값은 LC_ALL, LC_MESSAGES, LANG을 따릅니다',
  help: '도움말을 보여 줍니다',
  helpCommand: '명령의 도움말을 보여 줍니다',
  version: '버전을 보여 줍니다',

  model: '모델이 없는 줄에 쓸 모델',
  endpoint: 'API를 지정하지 않은 줄에 쓸 API(/v1/chat/completions)',
  window: '배치의 기한. 1h부터 24h까지이며 3h부터 공급자의 배치 단가가 적용됩니다(24h)',
  escalate: '기한이 가까워질 때까지 공급자가 끝내지 못한 줄은 직접 호출합니다',
  metadata: '배치와 함께 보관할 쌍. 여러 번 쓸 수 있습니다',
  maxTokens: '출력 토큰 한도가 없는 줄에 쓸 한도',
  format: '파일 이름이 .csv로 끝나지 않을 때의 형식: jsonl 또는 csv',
  template: 'CSV 행의 프롬프트. {{열}}에 필드 값이 들어갑니다',
  system: 'CSV 행 또는 프롬프트만 있는 줄의 시스템 프롬프트. {{열}}을 쓸 수 있습니다',
  idColumn: '행의 custom_id로 쓸 열. 없으면 line-000001부터 붙입니다',
  wait: '배치가 끝날 때까지 기다립니다',
  output: '결과를 이 파일에 씁니다. .csv이면 입력의 행에 응답을 더합니다',
  errors: '응답이 없는 줄을 이 파일에 씁니다',
  quoteOnly: '견적만 보여 줍니다',
  yes: '묻지 않고 시작합니다',
  csv: '배치를 만든 CSV 파일. 행마다 응답을 더해 씁니다',
  column: '응답을 쓸 열. 오류는 이름 뒤에 _error가 붙은 열에 씁니다(answer)',
  limit: '개수',
  after: '이 배치보다 오래된 배치',
  groupBy: '그룹 기준: model, key, hour, day, week, month, tag, provider, cache_status. 쉼표로 여러 개',
  savingsGroupBy: '그룹 기준: model, day, team(관리자). 쉼표로 여러 개',
  from: '이 날짜 또는 시각부터(끝에서 30일 전)',
  to: '이 날짜 또는 시각까지(현재)',
  timezone: '날짜의 기준 시간대. 예: Asia/Seoul(UTC)',

  examples: `
예:
  thriftgate batch submit questions.jsonl --model gpt-6.1-terra --wait -o results.jsonl
  thriftgate batch submit reviews.csv --model gpt-6-luna --template '영어로 번역: {{text}}' --wait -o reviews-en.csv
  thriftgate usage --group-by model,day --from 2026-11-01 --json

종료 코드:
  0 성공   1 실패한 줄이 있거나 배치가 실패함   2 잘못된 사용법 또는 입력   3 게이트웨이 또는 네트워크   130 중단
`,
};
