import type { messages as en } from '../en/users';

export const messages: Record<keyof typeof en, string> = {
  'users.lead': '지금 콘솔에 로그인한 사람입니다. 키로 로그인하며 키의 역할을 따릅니다.',
  'users.sessions': '열린 세션',
  'users.key': '키',
  'users.admin': '관리자 키',
  'users.seen': '마지막 활동',
  'users.started': '로그인',
  'users.ends': '종료 예정',
  'users.address': '접속 위치',
  'users.agent': '브라우저',
  'users.own': '현재 세션',
  'users.end': '종료',
  'users.endTitle': '세션 종료',
  'users.endLead': '{who}: 다시 로그인해야 합니다. 키는 계속 사용할 수 있으므로 호출도 막으려면 키를 폐기하세요.',
  'users.ended': '세션을 종료했습니다',
  'users.none': '로그인한 사람이 없습니다',
};
