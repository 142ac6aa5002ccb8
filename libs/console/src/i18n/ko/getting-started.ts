import type { messages as en } from '../en/getting-started';

export const messages: Record<keyof typeof en, string> = {
  'gettingStarted.lead': 'OpenAI API를 쓰는 애플리케이션은 주소와 키만 바꾸면 됩니다.',
  'gettingStarted.address': '게이트웨이 주소',
  'gettingStarted.key': 'API 키',
  'gettingStarted.ownKey': '로그인한 키를 사용하세요. 다른 키는 팀 관리자가 발급합니다.',
  'gettingStarted.noTeam': '키는 팀에 속하며 아직 팀이 없습니다. 먼저 팀을 만드세요:',
  'gettingStarted.made': '키 {name}: 발급했습니다. 복사한 export 줄을 실행하세요.',
  'gettingStarted.call': '첫 호출',
  'gettingStarted.model': '모델',
  'gettingStarted.language': '언어',
  'gettingStarted.environment': '환경 변수만',
  'gettingStarted.environmentLead': 'OpenAI SDK를 쓰는 프로그램은 이 환경 변수만 설정하면 됩니다.',
  'gettingStarted.keyInEnvironment': '키는 환경 변수로 설정합니다:',
  'gettingStarted.watch': '도착 확인',
  'gettingStarted.needsKey': '위에서 키를 발급하면 첫 호출이 여기에 표시됩니다.',
  'gettingStarted.waiting': '첫 요청을 기다리는 중…',
  'gettingStarted.arrived': '첫 요청이 도착했습니다',
  'gettingStarted.failed': '요청이 도착했지만 실패했습니다',
  'gettingStarted.again': '같은 요청을 한 번 더 보내 보세요. 캐시가 응답하므로 비용이 없습니다.',
  'gettingStarted.hit': '캐시 적중: 공급자를 호출하지 않았습니다',
  'gettingStarted.open': '요청 로그에서 보기',
};
