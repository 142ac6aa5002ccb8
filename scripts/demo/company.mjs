/**
 * Who uses the demo's gateway: six teams, each with its keys, its calls on a working day and what they ask.
 *
 * Of a team: `calls` a working day; `mix` of models by weight; `questions`, how many different ones are asked again and again;
 * `skew`, how much the frequent ones prevail; `fresh`, the share of calls that are asked once; `input` and `output`, median
 * tokens; `streams`, the share of streams; `tags` by weight; `night`, whether it works at night too.
 *
 * Of a key: `share` of its team's calls; `bypass`, whether it sends `Cache-Control: no-cache`; `batch`, whether it is for batches;
 * `until` and `since`, days ago; `expiresIn`, days; `madeAgo`, days.
 */
export const TEAMS = [
  {
    name: '검색팀',
    calls: 620,
    mix: { 'gpt-4.1-mini': 5, 'text-embedding-3-small': 3, 'gpt-4.1': 2 },
    questions: 700,
    skew: 3.6,
    fresh: 0.18,
    input: 3_200,
    output: 180,
    streams: 0.1,
    tags: { search: 5, 'search,mobile': 3, autocomplete: 2 },
    night: true,
    keys: [
      { name: '검색 운영', share: 8, rpm_limit: 1200, madeAgo: 210 },
      { name: '검색 개발', share: 1, rpm_limit: 60, madeAgo: 90 },
      { name: '색인 배치', share: 1, batch: true, madeAgo: 120 },
    ],
    budget: { window: 'month', action: 'block', spent: 0.92, thresholds: [0.5, 0.8, 0.9, 1] },
  },
  {
    name: '고객지원팀',
    calls: 460,
    mix: { 'support-chat': 7, 'claude-haiku-4-5': 3 },
    questions: 420,
    skew: 3.2,
    fresh: 0.2,
    input: 5_200,
    output: 260,
    streams: 0.65,
    tags: { support: 6, 'support,kakao': 3, refunds: 1 },
    night: true,
    keys: [
      { name: '상담 챗봇', share: 8, rpm_limit: 900, madeAgo: 180 },
      { name: '상담원 도우미', share: 2, expiresIn: 10, madeAgo: 80 },
      { name: '챗봇 구버전', share: 2, until: 20, madeAgo: 300 },
    ],
    budget: { window: 'month', action: 'warn', spent: 1.08, thresholds: [0.8, 1] },
  },
  {
    name: 'Data Platform',
    calls: 240,
    mix: { 'gemini-3.5-flash': 6, 'gpt-4.1-mini': 3, 'deepseek-v3.2': 1 },
    questions: 260,
    skew: 2.6,
    fresh: 0.35,
    input: 8_000,
    output: 320,
    streams: 0,
    tags: { nightly: 5, labels: 3, quality: 2 },
    night: true,
    keys: [
      { name: 'pipelines', share: 5, madeAgo: 150 },
      { name: 'nightly-eval', share: 3, bypass: true, madeAgo: 140 },
      { name: 'batch labels', share: 1, batch: true, madeAgo: 140 },
      { name: 'prototype', share: 0, unusedFor: 100, madeAgo: 160 },
    ],
    budget: { window: 'month', action: 'defer', spent: 0.57, thresholds: [0.8, 1] },
  },
  {
    name: '마케팅팀',
    calls: 130,
    mix: { 'claude-sonnet-4-6': 4, 'gpt-4.1': 4, 'gemini-3.5-flash': 2 },
    questions: 160,
    skew: 3,
    fresh: 0.35,
    input: 4_000,
    output: 620,
    streams: 0.5,
    tags: { campaign: 5, 'campaign,ads': 2, newsletter: 2 },
    keys: [
      { name: '문구 작성기', share: 7, madeAgo: 110 },
      { name: '뉴스레터', share: 3, madeAgo: 60 },
    ],
  },
  {
    name: 'Developer Tools',
    calls: 300,
    mix: { 'claude-sonnet-4-6': 6, 'deepseek-v3.2': 3, 'gpt-4.1': 2 },
    questions: 300,
    skew: 3.2,
    fresh: 0.42,
    input: 18_000,
    output: 480,
    streams: 0.8,
    tags: { ide: 6, review: 3, ci: 1 },
    keys: [
      { name: 'IDE plugin', share: 6, rpm_limit: 600, madeAgo: 200 },
      { name: 'code review bot', share: 3, madeAgo: 170 },
      { name: 'CI', share: 1, madeAgo: 170 },
    ],
    budget: { window: 'month', action: 'downgrade', downgrade_to: 'gpt-4.1-mini', spent: 0.71, thresholds: [0.8, 1] },
  },
  {
    name: '법무·계약팀',
    calls: 46,
    mix: { 'claude-sonnet-4-6': 7, 'gpt-4.1': 3 },
    questions: 60,
    skew: 2,
    fresh: 0.4,
    input: 42_000,
    output: 900,
    streams: 0.3,
    tags: { contracts: 7, 'contracts,nda': 3 },
    keys: [
      { name: '계약 검토', share: 8, madeAgo: 95 },
      { name: '약관 비교', share: 2, madeAgo: 40 },
    ],
  },
];

/** People with a role: their keys. @see docs/administration.md */
export const PEOPLE = [
  { name: '민지 (platform)', role: 'platform_admin', madeAgo: 220 },
  { name: '지훈 (finance)', role: 'auditor', madeAgo: 200 },
  { name: '서연 (검색팀)', role: 'team_admin', team: '검색팀', madeAgo: 190 },
];
