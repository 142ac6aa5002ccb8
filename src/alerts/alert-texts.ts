import type { AlertData, AlertKind } from './alert';

type Texts = { [Kind in AlertKind]: (data: AlertData[Kind]) => { en: string; ko: string } };

const percent = (share: number) => `${Math.round(share * 100)}%`;

/** What people read. */
const TEXTS: Texts = {
  budget_threshold: ({ scope, share, spent_usd, limit_usd, resets_at }) => ({
    en: `${scope} has spent $${spent_usd}, ${percent(share)} or more of its budget of $${limit_usd}.${resets_at ? ` It resets at ${resets_at}.` : ''}`,
    ko: `${scope}의 지출이 $${spent_usd}로, 예산 $${limit_usd}의 ${percent(share)}에 도달했습니다.${resets_at ? ` 예산은 ${resets_at}에 초기화됩니다.` : ''}`,
  }),
  budget_forecast: ({ scope, forecast_usd, limit_usd, resets_at }) => ({
    en: `${scope} will have spent about $${forecast_usd} by ${resets_at} if it goes on like this; its budget is $${limit_usd}.`,
    ko: `현재 추세라면 ${scope}의 지출이 ${resets_at}까지 약 $${forecast_usd}에 이를 것으로 예상됩니다. 예산은 $${limit_usd}입니다.`,
  }),
  spend_anomaly: ({ team_id, hour, spent_usd, usual_usd }) => ({
    en: `Team ${team_id} spent $${spent_usd} in the hour from ${hour}; $${usual_usd} is usual at this time.`,
    ko: `팀 ${team_id}이(가) ${hour}부터 한 시간 동안 $${spent_usd}를 지출했습니다. 같은 시간대의 평소 지출은 $${usual_usd}입니다.`,
  }),
  model_drift: ({ model, before, now, generation }) => ({
    en: `${model} is answered by ${now} now, not by ${before}. Cached answers of the old version are not served any more (generation ${generation}).`,
    ko: `${model} 모델의 실제 버전이 ${before}에서 ${now}(으)로 바뀌었습니다. 이전 버전의 캐시 응답은 더 이상 제공되지 않습니다(세대 ${generation}).`,
  }),
  price_changed: ({ source, models, prices, valid_from }) => ({
    en: `${prices} price(s) were set by ${source}, valid from ${valid_from}: ${models.join(', ')}.`,
    ko: `${source}이(가) 가격 ${prices}건을 설정했습니다. 적용 시점은 ${valid_from}입니다: ${models.join(', ')}.`,
  }),
  credit_low: ({ team_id, share, balance_usd }) => ({
    en: `Team ${team_id} has $${balance_usd} of its credits left, ${percent(share)} or less.`,
    ko: `팀 ${team_id}의 크레딧 잔액이 $${balance_usd}로, ${percent(share)} 이하만 남았습니다.`,
  }),
  credit_expiring: ({ team_id, remaining_usd, expires_at }) => ({
    en: `Credits of $${remaining_usd} of team ${team_id} expire at ${expires_at}.`,
    ko: `팀 ${team_id}의 크레딧 $${remaining_usd}가 ${expires_at}에 만료됩니다.`,
  }),
  webhook_test: ({ webhook_id }) => ({
    en: `This is a test of the webhook ${webhook_id}. Alerts of Thriftgate will look like it.`,
    ko: `웹훅 ${webhook_id}의 테스트 메시지입니다. Thriftgate의 알림은 이와 같은 형식으로 전송됩니다.`,
  }),
};

/** An alert in English and in Korean. */
export function textsOf<Kind extends AlertKind>(kind: Kind, data: AlertData[Kind]): { en: string; ko: string } {
  return TEXTS[kind](data);
}
