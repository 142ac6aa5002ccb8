import type { AlertData, AlertKind, BatchEndData } from './alert';
import { textsOf } from './alert-texts';

const AT = '2026-12-01T00:00:00.000Z';

/** An alert of each kind, with its texts. */
const ALL: { [Kind in AlertKind]: [AlertData[Kind], en: string, ko: string] } = {
  budget_threshold: [
    { budget_id: 'budget_1', scope: 'team:team_1', share: 0.8, spent_usd: '80.025', limit_usd: '100', resets_at: AT },
    'Team team_1 has spent $80.03, 80% or more of its budget of $100.00. It resets at 2026-12-01 00:00 UTC.',
    '팀 team_1의 지출이 $80.03로, 예산 $100.00의 80%에 도달했습니다. 예산은 2026-12-01 00:00(UTC)에 초기화됩니다.',
  ],
  budget_exhausted: [
    {
      budget_id: 'budget_1',
      scope: 'team:team_1',
      team_id: 'team_1',
      key_id: 'key_1',
      action: 'block',
      refused: 3,
      spent_usd: '51',
      needed_usd: '60',
      limit_usd: '100',
      resets_at: AT,
    },
    'The budget of $100.00 of team team_1 has no room for 3 calls: $51.00 is spent, and a call of key key_1 may need $60.00. It resets at 2026-12-01 00:00 UTC.',
    '팀 team_1의 예산 $100.00이 부족하여 호출 3건을 처리하지 못했습니다. 현재 지출은 $51.00이며, 키 key_1의 호출에는 최대 $60.00가 필요합니다. 예산은 2026-12-01 00:00(UTC)에 초기화됩니다.',
  ],
  budget_forecast: [
    { budget_id: 'budget_1', scope: 'key:key_1', forecast_usd: '120.000000000001', limit_usd: '100', resets_at: AT },
    'Key key_1 will have spent about $120.00 by 2026-12-01 00:00 UTC at the current rate; its budget is $100.00.',
    '현재 추세가 이어지면 키 key_1의 지출은 2026-12-01 00:00(UTC)까지 약 $120.00에 이를 것으로 예상됩니다. 예산은 $100.00입니다.',
  ],
  spend_anomaly: [
    { team_id: 'team_1', hour: '2026-11-23T13:00:00.000Z', spent_usd: '50', usual_usd: '0.0042' },
    'Team team_1 spent $50.00 in the hour from 2026-11-23 13:00 UTC; the usual amount at this time is $0.0042.',
    '팀 team_1에서 2026-11-23 13:00(UTC)부터 한 시간 동안 $50.00를 지출했습니다. 같은 시간대의 평소 지출은 $0.0042입니다.',
  ],
  cache_invalidated: [
    {
      reason: 'invalidated',
      by: 'key_1',
      what: { model: 'gpt-4.1', tag: 'a' },
      generation: 2,
      invalidated_keys: 12,
    },
    'key_1 invalidated cached responses: model gpt-4.1, tag a (generation 2, 12 responses).',
    'key_1에 의해 캐시 응답이 무효화되었습니다: model gpt-4.1, tag a(캐시 세대 2, 응답 12건).',
  ],
  model_drift: [
    { model: 'gpt-4o', deployment: 'openai/gpt-4o', before: 'gpt-4o-05', now: 'gpt-4o-08', generation: 3 },
    'The version of gpt-4o changed from gpt-4o-05 to gpt-4o-08. Cached responses of the old version are no longer served (generation 3).',
    'gpt-4o 모델의 실제 버전이 바뀌었습니다: gpt-4o-05 → gpt-4o-08. 이전 버전이 작성한 캐시 응답은 더 이상 제공되지 않습니다(캐시 세대 3).',
  ],
  models_retargeted: [
    { models: 7, names: ['gpt-4.1', 'o3'] },
    'The responses of 7 models come from other deployments than before: gpt-4.1, o3, …. Cached responses of the old deployments are kept for the way back.',
    '모델 7개의 응답을 생성하는 배포가 바뀌었습니다: gpt-4.1, o3 등. 이전 배포의 캐시 응답은 설정을 되돌릴 때를 위해 유지됩니다.',
  ],
  price_changed: [
    { source: 'admin', models: ['a', 'b'], prices: 3, valid_from: AT },
    '3 prices were set by admin, valid from 2026-12-01 00:00 UTC: a, b, …',
    '가격 3건이 설정되었습니다(설정: admin, 적용 시점: 2026-12-01 00:00(UTC)): a, b 등',
  ],
  credit_low: [
    { team_id: 'team_1', share: 0.05, balance_usd: '-0.5' },
    'Team team_1 has -$0.50 of its credits left, 5% or less.',
    '팀 team_1의 크레딧 잔액이 -$0.50로, 전체의 5% 이하입니다.',
  ],
  credit_expiring: [
    { team_id: 'team_1', grant_id: 'transfer_1', remaining_usd: '7.5', expires_at: AT },
    'Credits of $7.50 of team team_1 expire at 2026-12-01 00:00 UTC.',
    '팀 team_1의 크레딧 $7.50가 2026-12-01 00:00(UTC)에 만료됩니다.',
  ],
  ledger_row_refused: [
    { request_id: '01K', team_id: 'team_1', cost_usd: '0.25', reason: '54000: index row size', refused: 1 },
    'The ledger lacks 1 row that the database refuses. The last one is of request 01K, cost $0.25 (54000: index row size). Budgets count it; accounts and reports do not.',
    '데이터베이스가 거부하여 원장에 기록되지 않은 행이 1건 있습니다. 마지막 행은 요청 01K, 비용 $0.25입니다(54000: index row size). 예산에는 반영되지만 계정과 보고서에는 반영되지 않습니다.',
  ],
  journal_damaged: [
    { segment: 'instance_1.000001.journal', lines: 2, bytes: 900 },
    'The ledger lacks what 2 damaged lines of the journal said. The bytes are kept in journal/instance_1.000001.journal.damaged. Check the disk.',
    '저널에서 손상된 줄 2개의 내용이 원장에 기록되지 않았습니다. 해당 바이트는 journal/instance_1.000001.journal.damaged에 보관되어 있습니다. 디스크를 점검하세요.',
  ],
  provider_auth_failed: [
    {
      provider: 'openai',
      deployment: 'openai/gpt-4.1',
      key: null,
      code: 'upstream_auth',
      message: 'Refused (HTTP 401).',
    },
    "openai refuses the gateway's credential (deployment openai/gpt-4.1). Calls to this provider fail until the credential is replaced.",
    '공급자 openai에서 게이트웨이의 자격 증명을 거부했습니다(배포 openai/gpt-4.1). 자격 증명을 교체할 때까지 이 공급자에 대한 호출은 실패합니다.',
  ],
  provider_failing: [
    {
      provider: 'openai',
      deployment: 'openai/gpt-4.1',
      failed: 12,
      attempts: 15,
      minutes: 5,
      code: 'upstream_error',
      message: 'The upstream failed (HTTP 503).',
    },
    '12 of 15 attempts at openai/gpt-4.1 failed in the last 5 minutes. The last error: The upstream failed (HTTP 503).',
    '최근 5분 동안 배포 openai/gpt-4.1에 대한 시도 15건 중 12건이 실패했습니다. 마지막 오류: The upstream failed (HTTP 503).',
  ],
  model_unavailable: [
    {
      model: 'fast',
      provider: 'openai',
      deployment: 'openai/gpt-4.1',
      code: 'model_not_found',
      message: 'The model was deprecated.',
    },
    'The upstream of openai/gpt-4.1 says that its model does not exist or was removed. Change the deployments of fast. Its error: The model was deprecated.',
    '배포 openai/gpt-4.1의 업스트림에 해당 모델이 없거나 제거되었습니다. fast 모델의 배포를 변경하세요. 오류 메시지: The model was deprecated.',
  ],
  price_unknown: [
    { model: 'house', deployment: 'openai/llama', input_usd_per_mtok: '150', output_usd_per_mtok: '600' },
    'The price of house (deployment openai/llama) is unknown. Its calls are charged at the highest prices of the catalogue, $150.00 per million input tokens and $600.00 per million output tokens, and are refused under budgets. Set the price at /admin/prices.',
    '모델 house(배포 openai/llama)의 단가를 알 수 없습니다. 호출 비용은 카탈로그의 최고 단가(토큰 100만 개당 입력 $150.00, 출력 $600.00)로 계산되며, 예산이 적용되는 호출은 거부됩니다. /admin/prices에서 단가를 설정하세요.',
  ],
  model_retiring: [
    { model: 'fast', deployment: 'openai/gpt-4.1', retires_on: '2027-01-14', days: 30 },
    'The vendor retires the model of openai/gpt-4.1 on 2027-01-14, in 30 days, and fast is still called. Change the deployments of fast before.',
    '배포 openai/gpt-4.1의 모델은 2027-01-14(30일 후)에 지원이 종료되지만 fast 모델이 아직 호출되고 있습니다. 그 전에 fast 모델의 배포를 변경하세요.',
  ],
  batch_not_run: [
    {
      team_id: 'team_1',
      batch_id: 'batch_1',
      provider: 'openai',
      model: 'gpt-4.1',
      lines: 40,
      more_usd: '1.5',
      message: 'openai answered 400: no',
    },
    'openai has not run 40 lines of the batch batch_1 of team team_1 (model gpt-4.1). They run as live calls at the full price, which costs up to $1.50 more. The reason: openai answered 400: no',
    '공급자 openai가 팀 team_1의 배치 batch_1 중 40줄(모델 gpt-4.1)을 처리하지 않았습니다. 해당 줄은 정가의 실시간 호출로 처리되며, 비용이 최대 $1.50 늘어날 수 있습니다. 사유: openai answered 400: no',
  ],
  batch_status_unknown: [
    { batch_id: 'batch_1', shard_id: 'shard_1', provider: 'openai', status: 'paused', vendor_batch_id: 'b_1' },
    "openai gives its batch b_1 the status 'paused', which the gateway does not know. The batch is taken to run, and batch_1 waits for it until the window ends.",
    "공급자 openai의 배치 b_1 상태가 게이트웨이에 알려지지 않은 값('paused')입니다. 진행 중인 것으로 간주하며, 배치 batch_1는 완료 시한까지 결과를 기다립니다.",
  ],
  batch_in_doubt: [
    { team_id: 'team_1', batch_id: 'batch_1', provider: 'anthropic', model: 'claude-sonnet-5-5', lines: 1 },
    "The creation of a batch at anthropic broke off, and several batches there could be it: 1 line of batch_1 of team team_1 (model claude-sonnet-5-5). Nothing is sent again, and the lines end with the window. Cancel what is not needed at the vendor, and give the gateway's key a workspace of its own.",
    '공급자 anthropic에서 배치 생성이 중단되었으며, 해당할 수 있는 배치가 여러 개 있습니다(팀 team_1의 배치 batch_1, 모델 claude-sonnet-5-5, 1줄). 다시 보내지 않으며, 해당 줄은 완료 시한에 만료됩니다. 공급자에서 불필요한 배치를 취소하고 게이트웨이의 키에 전용 워크스페이스를 사용하세요.',
  ],
  admin_key_sign_in: [
    { session_id: 'session_1', address: '10.1.4.7', agent: 'a browser' },
    "The administrator's key was used to sign in from 10.1.4.7. The key is for emergencies: people sign in with keys of their own. If this was not one of you, set another ADMIN_KEY: its sessions end.",
    '관리자 키로 로그인했습니다(주소: 10.1.4.7). 관리자 키는 비상용이며, 평소에는 개인별 키로 로그인하세요. 아는 사람이 없는 로그인이면 ADMIN_KEY를 바꾸세요. 해당 키의 세션이 종료됩니다.',
  ],
  'batch.completed': batchEnd('has ended', '완료되었습니다'),
  'batch.failed': batchEnd('has failed', '실패했습니다'),
  'batch.expired': batchEnd('has expired', '만료되었습니다'),
  'batch.cancelled': batchEnd('was cancelled', '취소되었습니다'),
  webhook_test: [
    { webhook_id: 'webhook_1' },
    'This is a test of the webhook webhook_1. Thriftgate sends alerts in this format.',
    '웹훅 webhook_1의 테스트 메시지입니다. Thriftgate의 알림은 이와 같은 형식으로 전송됩니다.',
  ],
};

describe('the texts of alerts', () => {
  it.each(Object.entries(ALL))('are in English and in Korean: %s', (kind, [data, en, ko]) => {
    expect(textsOf(kind as AlertKind, data)).toEqual({ en, ko });
  });

  it('N10: name an account without credit, and a provider whose deployments all fail', () => {
    const [refused] = ALL.provider_auth_failed;
    expect(textsOf('provider_auth_failed', { ...refused, code: 'upstream_billing' })).toEqual({
      en: "The gateway's account at openai has no credit left (deployment openai/gpt-4.1). Calls to this provider fail until the account is topped up.",
      ko: '공급자 openai의 게이트웨이 계정에 남은 크레딧이 없습니다(배포 openai/gpt-4.1). 계정을 충전할 때까지 이 공급자에 대한 호출은 실패합니다.',
    });
    expect(textsOf('provider_auth_failed', { ...refused, key: 'second …a1b2' }).en).toMatch(
      /^openai refuses the key second …a1b2 \(upstream_auth/,
    );
    const [failing] = ALL.provider_failing;
    const { en, ko } = textsOf('provider_failing', { ...failing, deployment: null });
    expect([en, ko].join()).toMatch(/attempts at openai failed.*공급자 openai에 대한/);
  });

  it('leave out missing members, and use the singular', () => {
    const [endless] = ALL.budget_threshold;
    expect(textsOf('budget_threshold', { ...endless, resets_at: null }).en).toMatch(/budget of \$100\.00\.$/);
    const [prices] = ALL.price_changed;
    expect(textsOf('price_changed', { ...prices, models: ['a'], prices: 1 })).toEqual({
      en: '1 price was set by admin, valid from 2026-12-01 00:00 UTC: a.',
      ko: '가격 1건이 설정되었습니다(설정: admin, 적용 시점: 2026-12-01 00:00(UTC)): a',
    });
  });
});

function batchEnd(en: string, ko: string): [BatchEndData, string, string] {
  return [
    {
      team_id: 'team_1',
      batch_id: 'batch_1',
      total: 10,
      completed: 8,
      failed: 2,
      cost_usd: '1.5',
      saved_usd: '2',
      output_file_id: 'file_1',
      error_file_id: null,
    },
    `The batch batch_1 of team team_1 ${en}: 8 of 10 lines have a response. It cost $1.50 and saved $2.00.`,
    `팀 team_1의 배치 batch_1가 ${ko}. 전체 10줄 중 8줄의 응답을 받았습니다. 비용은 $1.50, 절감액은 $2.00입니다.`,
  ];
}
