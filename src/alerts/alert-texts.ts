import { formatUsd, parseUsd, PICO_PER_USD } from '../common/money';
import type { AlertData, AlertKind } from './alert';

type Texts = { [Kind in AlertKind]: (data: AlertData[Kind]) => { en: string; ko: string } };

const CENT_PUSD = PICO_PER_USD / 100n;

/** Texts for people, with rounded amounts; the data of an alert has the exact ones. */
const TEXTS: Texts = {
  budget_threshold: ({ scope, share, spent_usd, limit_usd, resets_at }) => ({
    en: `${whoEn(scope)} has spent ${usd(spent_usd)}, ${percent(share)} or more of its budget of ${usd(limit_usd)}.${resets_at ? ` It resets at ${timeEn(resets_at)}.` : ''}`,
    ko: `${whoKo(scope)}의 지출이 ${usd(spent_usd)}로, 예산 ${usd(limit_usd)}의 ${percent(share)}에 도달했습니다.${resets_at ? ` 예산은 ${timeKo(resets_at)}에 초기화됩니다.` : ''}`,
  }),
  budget_exhausted: ({ scope, key_id, refused, spent_usd, needed_usd, limit_usd, resets_at }) => ({
    en: `The budget of ${usd(limit_usd)} of ${inEn(scope)} has no room for ${refused === 1 ? 'a call' : `${refused} calls`}: ${usd(spent_usd)} is spent, and a call of key ${key_id} may need ${usd(needed_usd)}.${resets_at ? ` It resets at ${timeEn(resets_at)}.` : ''}`,
    ko: `${whoKo(scope)}의 예산 ${usd(limit_usd)}이 부족하여 호출 ${refused}건을 처리하지 못했습니다. 현재 지출은 ${usd(spent_usd)}이며, 키 ${key_id}의 호출에는 최대 ${usd(needed_usd)}가 필요합니다.${resets_at ? ` 예산은 ${timeKo(resets_at)}에 초기화됩니다.` : ''}`,
  }),
  budget_forecast: ({ scope, forecast_usd, limit_usd, resets_at }) => ({
    en: `${whoEn(scope)} will have spent about ${usd(forecast_usd)} by ${timeEn(resets_at)} at the current rate; its budget is ${usd(limit_usd)}.`,
    ko: `현재 추세가 이어지면 ${whoKo(scope)}의 지출은 ${timeKo(resets_at)}까지 약 ${usd(forecast_usd)}에 이를 것으로 예상됩니다. 예산은 ${usd(limit_usd)}입니다.`,
  }),
  spend_anomaly: ({ team_id, hour, spent_usd, usual_usd }) => ({
    en: `Team ${team_id} spent ${usd(spent_usd)} in the hour from ${timeEn(hour)}; the usual amount at this time is ${usd(usual_usd)}.`,
    ko: `팀 ${team_id}에서 ${timeKo(hour)}부터 한 시간 동안 ${usd(spent_usd)}를 지출했습니다. 같은 시간대의 평소 지출은 ${usd(usual_usd)}입니다.`,
  }),
  model_drift: ({ model, before, now, generation }) => ({
    en: `The version of ${model} changed from ${before} to ${now}. Cached responses of the old version are no longer served (generation ${generation}).`,
    ko: `${model} 모델의 실제 버전이 바뀌었습니다: ${before} → ${now}. 이전 버전이 작성한 캐시 응답은 더 이상 제공되지 않습니다(캐시 세대 ${generation}).`,
  }),
  cache_invalidated: ({ by, what, generation, invalidated_keys }) => ({
    en: `${by} invalidated cached responses: ${listed(what)} (generation ${generation}${invalidated_keys === null ? '' : `, ${invalidated_keys === 1 ? '1 response' : `${invalidated_keys} responses`}`}).`,
    ko: `${by}에 의해 캐시 응답이 무효화되었습니다: ${listed(what)}(캐시 세대 ${generation}${invalidated_keys === null ? '' : `, 응답 ${invalidated_keys}건`}).`,
  }),
  models_retargeted: ({ models, names }) => ({
    en: `The responses of ${models === 1 ? '1 model' : `${models} models`} come from other deployments than before: ${names.join(', ')}${models > names.length ? ', …' : ''}. Cached responses of the old deployments are kept for the way back.`,
    ko: `모델 ${models}개의 응답을 생성하는 배포가 바뀌었습니다: ${names.join(', ')}${models > names.length ? ' 등' : ''}. 이전 배포의 캐시 응답은 설정을 되돌릴 때를 위해 유지됩니다.`,
  }),
  price_changed: ({ source, models, prices, valid_from }) => ({
    en: `${prices === 1 ? '1 price was' : `${prices} prices were`} set by ${source}, valid from ${timeEn(valid_from)}: ${models.join(', ')}${prices > models.length ? ', …' : '.'}`,
    ko: `가격 ${prices}건이 설정되었습니다(설정: ${source}, 적용 시점: ${timeKo(valid_from)}): ${models.join(', ')}${prices > models.length ? ' 등' : ''}`,
  }),
  credit_low: ({ team_id, share, balance_usd }) => ({
    en: `Team ${team_id} has ${usd(balance_usd)} of its credits left, ${percent(share)} or less.`,
    ko: `팀 ${team_id}의 크레딧 잔액이 ${usd(balance_usd)}로, 전체의 ${percent(share)} 이하입니다.`,
  }),
  credit_expiring: ({ team_id, remaining_usd, expires_at }) => ({
    en: `Credits of ${usd(remaining_usd)} of team ${team_id} expire at ${timeEn(expires_at)}.`,
    ko: `팀 ${team_id}의 크레딧 ${usd(remaining_usd)}가 ${timeKo(expires_at)}에 만료됩니다.`,
  }),
  ledger_row_refused: ({ request_id, cost_usd, reason, refused }) => ({
    en: `The ledger lacks ${refused === 1 ? '1 row' : `${refused} rows`} that the database refuses. The last one is of request ${request_id}, cost ${usd(cost_usd)} (${reason}). Budgets count it; accounts and reports do not.`,
    ko: `데이터베이스가 거부하여 원장에 기록되지 않은 행이 ${refused}건 있습니다. 마지막 행은 요청 ${request_id}, 비용 ${usd(cost_usd)}입니다(${reason}). 예산에는 반영되지만 계정과 보고서에는 반영되지 않습니다.`,
  }),
  journal_damaged: ({ segment, lines }) => ({
    en: `The ledger lacks what ${lines === 1 ? '1 damaged line' : `${lines} damaged lines`} of the journal said. The bytes are kept in journal/${segment}.damaged. Check the disk.`,
    ko: `저널에서 손상된 줄 ${lines}개의 내용이 원장에 기록되지 않았습니다. 해당 바이트는 journal/${segment}.damaged에 보관되어 있습니다. 디스크를 점검하세요.`,
  }),
  provider_auth_failed: ({ provider, deployment, code, key }) => {
    if (key !== null && key !== undefined)
      return {
        en: `${provider} refuses the key ${key} (${code}, deployment ${deployment}). It gets no calls until it works again; other keys do. Replace the key, or top its account up.`,
        ko: `공급자 ${provider}에서 키 ${key}을(를) 거부했습니다(${code}, 배포 ${deployment}). 다시 사용할 수 있을 때까지 이 키로는 호출하지 않으며 다른 키는 계속 사용합니다. 키를 교체하거나 계정을 충전하세요.`,
      };
    return code === 'upstream_billing'
      ? {
          en: `The gateway's account at ${provider} has no credit left (deployment ${deployment}). Calls to this provider fail until the account is topped up.`,
          ko: `공급자 ${provider}의 게이트웨이 계정에 남은 크레딧이 없습니다(배포 ${deployment}). 계정을 충전할 때까지 이 공급자에 대한 호출은 실패합니다.`,
        }
      : {
          en: `${provider} refuses the gateway's credential (deployment ${deployment}). Calls to this provider fail until the credential is replaced.`,
          ko: `공급자 ${provider}에서 게이트웨이의 자격 증명을 거부했습니다(배포 ${deployment}). 자격 증명을 교체할 때까지 이 공급자에 대한 호출은 실패합니다.`,
        };
  },
  provider_failing: ({ provider, deployment, failed, attempts, minutes, message }) => ({
    en: `${failed} of ${attempts} attempts at ${deployment ?? provider} failed in the last ${minutes} minutes. The last error: ${message}`,
    ko: `최근 ${minutes}분 동안 ${deployment === null ? `공급자 ${provider}` : `배포 ${deployment}`}에 대한 시도 ${attempts}건 중 ${failed}건이 실패했습니다. 마지막 오류: ${message}`,
  }),
  model_unavailable: ({ model, deployment, message }) => ({
    en: `The upstream of ${deployment} says that its model does not exist or was removed. Change the deployments of ${model}. Its error: ${message}`,
    ko: `배포 ${deployment}의 업스트림에 해당 모델이 없거나 제거되었습니다. ${model} 모델의 배포를 변경하세요. 오류 메시지: ${message}`,
  }),
  price_unknown: ({ model, deployment, input_usd_per_mtok: input, output_usd_per_mtok: output }) => ({
    en: `The price of ${model} (deployment ${deployment}) is unknown. Its calls are charged at the highest prices of the catalogue, ${usd(input)} per million input tokens and ${usd(output)} per million output tokens, and are refused under budgets. Set the price at /admin/prices.`,
    ko: `모델 ${model}(배포 ${deployment})의 단가를 알 수 없습니다. 호출 비용은 카탈로그의 최고 단가(토큰 100만 개당 입력 ${usd(input)}, 출력 ${usd(output)})로 계산되며, 예산이 적용되는 호출은 거부됩니다. /admin/prices에서 단가를 설정하세요.`,
  }),
  model_retiring: ({ model, deployment, retires_on: on, days }) => ({
    en:
      days < 0
        ? `The vendor has retired the model of ${deployment} on ${on}, and ${model} is still called. Change the deployments of ${model}.`
        : `The vendor retires the model of ${deployment} on ${on}, ${days === 1 ? 'in 1 day' : `in ${days} days`}, and ${model} is still called. Change the deployments of ${model} before.`,
    ko:
      days < 0
        ? `배포 ${deployment}의 모델은 ${on}에 지원이 종료되었으나 ${model} 모델이 아직 호출되고 있습니다. ${model} 모델의 배포를 변경하세요.`
        : `배포 ${deployment}의 모델은 ${on}(${days}일 후)에 지원이 종료되지만 ${model} 모델이 아직 호출되고 있습니다. 그 전에 ${model} 모델의 배포를 변경하세요.`,
  }),
  batch_not_run: ({ team_id, batch_id, provider, model, lines, more_usd, message }) => ({
    en: `${provider} has not run ${lines === 1 ? '1 line' : `${lines} lines`} of the batch ${batch_id} of team ${team_id} (model ${model}). They run as live calls at the full price, which costs up to ${usd(more_usd)} more. The reason: ${message}`,
    ko: `공급자 ${provider}가 팀 ${team_id}의 배치 ${batch_id} 중 ${lines}줄(모델 ${model})을 처리하지 않았습니다. 해당 줄은 정가의 실시간 호출로 처리되며, 비용이 최대 ${usd(more_usd)} 늘어날 수 있습니다. 사유: ${message}`,
  }),
  batch_status_unknown: ({ batch_id, provider, status, vendor_batch_id: id }) => ({
    en: `${provider} gives its batch ${id} the status '${status}', which the gateway does not know. The batch is taken to run, and ${batch_id} waits for it until the window ends.`,
    ko: `공급자 ${provider}의 배치 ${id} 상태가 게이트웨이에 알려지지 않은 값('${status}')입니다. 진행 중인 것으로 간주하며, 배치 ${batch_id}는 완료 시한까지 결과를 기다립니다.`,
  }),
  admin_key_sign_in: ({ address }) => ({
    en: `The administrator's key was used to sign in from ${address}. The key is for emergencies: people sign in with keys of their own. If this was not one of you, set another ADMIN_KEY: its sessions end.`,
    ko: `관리자 키로 로그인했습니다(주소: ${address}). 관리자 키는 비상용이며, 평소에는 개인별 키로 로그인하세요. 아는 사람이 없는 로그인이면 ADMIN_KEY를 바꾸세요. 해당 키의 세션이 종료됩니다.`,
  }),
  batch_in_doubt: ({ team_id, batch_id, provider, model, lines }) => ({
    en: `The creation of a batch at ${provider} broke off, and several batches there could be it: ${lines === 1 ? '1 line' : `${lines} lines`} of ${batch_id} of team ${team_id} (model ${model}). Nothing is sent again, and the lines end with the window. Cancel what is not needed at the vendor, and give the gateway's key a workspace of its own.`,
    ko: `공급자 ${provider}에서 배치 생성이 중단되었으며, 해당할 수 있는 배치가 여러 개 있습니다(팀 ${team_id}의 배치 ${batch_id}, 모델 ${model}, ${lines}줄). 다시 보내지 않으며, 해당 줄은 완료 시한에 만료됩니다. 공급자에서 불필요한 배치를 취소하고 게이트웨이의 키에 전용 워크스페이스를 사용하세요.`,
  }),
  'batch.completed': batchEnd('has ended', '완료되었습니다'),
  'batch.failed': batchEnd('has failed', '실패했습니다'),
  'batch.expired': batchEnd('has expired', '만료되었습니다'),
  'batch.cancelled': batchEnd('was cancelled', '취소되었습니다'),
  webhook_test: ({ webhook_id }) => ({
    en: `This is a test of the webhook ${webhook_id}. Thriftgate sends alerts in this format.`,
    ko: `웹훅 ${webhook_id}의 테스트 메시지입니다. Thriftgate의 알림은 이와 같은 형식으로 전송됩니다.`,
  }),
};

/** An alert in English and in Korean. */
export function textsOf<Kind extends AlertKind>(kind: Kind, data: AlertData[Kind]): { en: string; ko: string } {
  return TEXTS[kind](data);
}

function listed(what: Record<string, string>): string {
  return Object.entries(what)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

/** Dollars rounded to the cent; amounts below a dollar in full. */
function usd(decimal: string): string {
  const pusd = parseUsd(decimal);
  const size = pusd < 0n ? -pusd : pusd;
  const sign = pusd < 0n ? '-' : '';
  if (size < CENT_PUSD && size > 0n) return `${sign}$${formatUsd(size)}`;
  const cents = (size + CENT_PUSD / 2n) / CENT_PUSD;
  return `${sign}$${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;
}

/** `2026-12-01T00:00:00.000Z` as `2026-12-01 00:00`. */
function minute(time: string): string {
  return new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}

function timeEn(time: string): string {
  return `${minute(time)} UTC`;
}

function timeKo(time: string): string {
  return `${minute(time)}(UTC)`;
}

/** A budget's scope, `team:{id}` or `key:{id}`. */
function whoEn(scope: string): string {
  return scope.replace(/^team:/, 'Team ').replace(/^key:/, 'Key ');
}

function inEn(scope: string): string {
  return scope.replace(':', ' ');
}

function whoKo(scope: string): string {
  return scope.replace(/^team:/, '팀 ').replace(/^key:/, '키 ');
}

/** The end of a batch, with how much of it was done and what that cost. */
function batchEnd(endEn: string, endKo: string): Texts['batch.completed'] {
  return ({ batch_id, team_id, total, completed, cost_usd, saved_usd }) => ({
    en: `The batch ${batch_id} of team ${team_id} ${endEn}: ${completed} of ${total} lines have a response. It cost ${usd(cost_usd)} and saved ${usd(saved_usd)}.`,
    ko: `팀 ${team_id}의 배치 ${batch_id}가 ${endKo}. 전체 ${total}줄 중 ${completed}줄의 응답을 받았습니다. 비용은 ${usd(cost_usd)}, 절감액은 ${usd(saved_usd)}입니다.`,
  });
}
