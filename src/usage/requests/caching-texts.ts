import type { CachingCode } from '@thriftgate/contracts';

/** Why a response is in the cache, or is not, in words. */
export const CACHING_TEXTS: Record<CachingCode, { en: string; ko: string }> = {
  stored: {
    en: 'The response is stored: an equal request gets it from the cache.',
    ko: '응답을 캐시에 저장했습니다. 같은 요청은 캐시에서 응답합니다.',
  },
  hit: {
    en: 'The response came from the cache; no provider was called.',
    ko: '캐시에서 응답했습니다. 공급자를 호출하지 않았습니다.',
  },
  coalesced: {
    en: 'An equal call ran at the same time; this one got its response.',
    ko: '같은 요청이 이미 진행 중이어서 그 응답을 함께 받았습니다.',
  },
  bypass: {
    en: 'The call asked not to store the response, or a rule of its key or model does not allow it.',
    ko: '요청이 저장을 원하지 않았거나, 키 또는 모델의 규칙이 저장을 허용하지 않습니다.',
  },
  not_stopped: {
    en: 'The model did not end the response by itself: it reached a limit or was filtered.',
    ko: '모델이 응답을 스스로 끝내지 않았습니다. 한도에 도달했거나 필터에 걸렸습니다.',
  },
  tool_calls: {
    en: 'The response calls a tool; such responses are stored only where a rule allows it.',
    ko: '응답에 도구 호출이 있습니다. 이런 응답은 규칙이 허용할 때만 저장합니다.',
  },
  refused: { en: 'The model refused to answer.', ko: '모델이 답변을 거부했습니다.' },
  usage_missing: {
    en: 'The provider did not say how many tokens were used, so the response may be incomplete.',
    ko: '공급자가 토큰 수를 알려 주지 않아 응답이 완전한지 알 수 없습니다.',
  },
  choice_missing: {
    en: 'The response has fewer choices than the request asked for.',
    ko: '응답의 선택지 수가 요청한 수보다 적습니다.',
  },
  other_model: {
    en: 'Another model answered than the one whose responses are stored.',
    ko: '저장 대상이 아닌 다른 모델이 응답했습니다.',
  },
  empty: { en: 'The response has no content.', ko: '응답에 내용이 없습니다.' },
  error: { en: 'The provider reported an error in the response.', ko: '공급자가 응답 안에서 오류를 알렸습니다.' },
  cut: { en: 'The response broke off before its end.', ko: '응답이 끝나기 전에 끊겼습니다.' },
  no_answer: { en: 'There was no response to store.', ko: '저장할 응답이 없습니다.' },
  running: { en: 'The call is still running.', ko: '요청이 아직 진행 중입니다.' },
};
