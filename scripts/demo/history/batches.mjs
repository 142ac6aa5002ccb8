import { MODELS } from '../models.mjs';
import { numbers, weighted } from '../random.mjs';
import { answered, failed, ids, intentOf } from './attempts.mjs';
import { SEOUL_MS } from './calendar.mjs';
import { costOfLine } from './prices.mjs';
import { numberOf, tokensOf } from './questions.mjs';

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** Batches that came to another end, by days ago. */
const ENDS = { 6: 'cancelled', 9: 'expired' };
const PLANS = [
  {
    team: 'Data Platform',
    hour: 2,
    lines: 110,
    task: '상품 라벨 분류',
    mix: { 'gemini-3.5-flash': 7, 'gpt-4.1-mini': 3 },
  },
  { team: '검색팀', hour: 4, lines: 90, task: '검색어 의도 요약', mix: { 'gpt-4.1-mini': 1 }, everyDays: 7 },
];

/**
 * The batches of the past nights, with their lines and the attempts that the ledger has of them.
 *
 * @param {{nowMs: number, days: number, scale: number, seed: number, teams: object[]}} span
 */
export function pastBatches({ nowMs, days, scale, seed, teams }) {
  const random = numbers(seed + 2);
  const newId = ids(seed + 3);
  const batches = [];
  for (let day = days; day >= 1; day -= 1) {
    for (const plan of PLANS.filter(({ everyDays = 1 }) => day % everyDays === everyDays - 1)) {
      const midnightMs = Math.floor((nowMs + SEOUL_MS) / DAY_MS - day) * DAY_MS - SEOUL_MS;
      const createdMs = midnightMs + plan.hour * 3_600_000 + Math.floor(random() * 5 * MINUTE_MS);
      if (createdMs < nowMs - days * DAY_MS) continue;
      const team = teams.find(({ name }) => name === plan.team);
      const lines = Math.max(4, Math.round(plan.lines * scale * (0.7 + 0.6 * random())));
      batches.push(batchOf({ plan, team, createdMs, lines, status: ENDS[day] ?? 'completed' }, random, newId));
    }
  }
  return batches;
}

function batchOf({ plan, team, createdMs, lines, status }, random, newId) {
  const model = weighted(plan.mix, random);
  const endedMs = createdMs + Math.floor((18 + 55 * random()) * MINUTE_MS);
  const batch = {
    id: `batch_${newId(createdMs)}`,
    shardId: `shard_${newId(createdMs + 400)}`,
    requestId: newId(createdMs),
    team,
    key: team.keys.find((key) => key.batch),
    model,
    status,
    createdMs,
    endedMs: status === 'expired' ? createdMs + DAY_MS : endedMs,
    files: {
      input: `file_${newId(createdMs - 500)}`,
      output: `file_${newId(endedMs)}`,
      error: `file_${newId(endedMs + 1)}`,
    },
  };
  // What a batch has not done at its other end: a third of it.
  const done = status === 'completed' ? lines : Math.ceil(lines * 0.66);
  batch.lines = Array.from({ length: lines }, (_, at) =>
    lineOf(batch, plan, { no: at + 1, isDone: at < done }, random, newId),
  );
  batch.attempts = batch.lines.flatMap(({ attempt }) => attempt ?? []);
  return batch;
}

function lineOf(batch, { task }, { no, isDone }, random, newId) {
  const { team, key, model, createdMs, status } = batch;
  const customId = `${task.replaceAll(' ', '-')}-${String(no).padStart(4, '0')}`;
  const content = `${task}: 항목 ${Math.floor(random() * 100_000)}`;
  const line = { no, customId, body: JSON.stringify({ model, messages: [{ role: 'user', content }] }) };
  if (!isDone) return { ...line, state: status === 'expired' ? 'expired' : 'cancelled' };
  const text = `${team.name} ${model} ${content}`;
  const asked = {
    requestId: newId(createdMs + 400),
    team,
    key,
    model,
    endpoint: '/v1/chat/completions',
    stream: false,
    question: numberOf(text),
    tags: null,
    generation: 1,
  };
  const members = { provider: MODELS[model].provider, upstream_model: model, batch_id: batch.id, custom_id: customId };
  const intent = intentOf(asked, members);
  const place = { intent, createdAtMs: createdMs + 400, owner: batch.shardId };
  if (random() < 0.02) {
    const error = {
      message: 'The prompt is longer than the model takes.',
      type: 'invalid_request_error',
      param: 'messages',
      code: 'context_length_exceeded',
    };
    const attempt = { ...place, outcome: failed(model, 400, error.code, null) };
    return {
      ...line,
      state: 'failed',
      status: 400,
      requestId: asked.requestId,
      result: JSON.stringify({ error }),
      attempt,
    };
  }
  const { inputTokens, outputTokens } = tokensOf(team, model, text);
  const usage = { inputTokens, cachedInputTokens: 0, outputTokens, reasoningTokens: 0 };
  const { upstream, provider } = MODELS[model];
  const cost = costOfLine(model, usage);
  const attempt = { ...place, outcome: answered(upstream, usage, cost, { savedBy: 'batch' }) };
  const answer = { model: upstream, provider, usage, listCostPusd: String(cost.listPusd) };
  const result = JSON.stringify(completion(asked.requestId, upstream, usage, batch.endedMs));
  return { ...line, state: 'done', status: 200, requestId: asked.requestId, result, answer, attempt };
}

function completion(id, model, { inputTokens, outputTokens }, ms) {
  const message = { role: 'assistant', content: '분류: 생활용품', refusal: null };
  const usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }];
  return { id: `chatcmpl-${id}`, object: 'chat.completion', created: Math.floor(ms / 1000), model, choices, usage };
}
