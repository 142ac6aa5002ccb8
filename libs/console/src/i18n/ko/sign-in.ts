import type { messages as en } from '../en/sign-in';

export const messages: Record<keyof typeof en, string> = {
  'signIn.title': '로그인',
  'signIn.lead': '팀의 API 키 또는 관리자 키로 로그인하세요.',
  'signIn.key': 'API 키',
  'signIn.keyHint': '키는 브라우저에 저장되지 않으며, 대신 세션이 시작됩니다.',
  'signIn.submit': '로그인',
  'signIn.empty': 'API 키를 입력하세요.',
  'signIn.limited': '로그인에 여러 번 실패했습니다. {seconds}초 뒤에 다시 시도하세요.',
  'signIn.unreachable': '게이트웨이가 응답하지 않습니다. 연결을 확인하고 다시 시도하세요.',
  'signIn.noKey': '키가 없나요? 팀 관리자가 발급할 수 있습니다. 관리자 키는 게이트웨이를 처음 시작할 때 출력됩니다.',
};
