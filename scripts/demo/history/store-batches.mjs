import { sql } from 'kysely';
import { product } from '../product.mjs';
import { MODELS } from '../models.mjs';

const { outputLine } = product('batch/output/output-line');
const DAY_MS = 24 * 3_600_000;
const at = (ms) => new Date(ms);

/** Stores batches that have ended, with their lines, shards and files. Their attempts are the ledger's. */
export async function storeBatches({ db }, batches) {
  for (const batch of batches) {
    await storeFiles(db, batch);
    await db.insertInto('batches').values(batchRow(batch)).execute();
    await db.insertInto('batch_shards').values(shardRow(batch)).execute();
    const { id, shardId } = batch;
    const lines = batch.lines.map((line) => ({
      batch_id: id,
      line_no: line.no,
      custom_id: line.customId,
      state: line.state,
      url: '/v1/chat/completions',
      body: line.body,
      request_id: line.requestId ?? null,
      response_status: line.status ?? null,
      result: line.result ?? null,
      shard_id: shardId,
      answer: line.answer ? JSON.stringify(line.answer) : null,
    }));
    await db.insertInto('batch_lines').values(lines).execute();
  }
}

function batchRow(batch) {
  const { status, createdMs, endedMs, lines, team, key, files } = batch;
  const done = lines.filter(({ state }) => state === 'done');
  const sum = (of) => batch.attempts.reduce((total, { outcome }) => total + BigInt(of(outcome)), 0n);
  return {
    id: batch.id,
    team_id: team.id,
    key_id: key.id,
    endpoint: '/v1/chat/completions',
    request_id: batch.requestId,
    status,
    completion_window: '24h',
    input_file_id: files.input,
    output_file_id: files.output,
    error_file_id: done.length < lines.length ? files.error : null,
    metadata: JSON.stringify({ job: 'nightly' }),
    errors: JSON.stringify(null),
    total_lines: lines.length,
    completed_lines: done.length,
    failed_lines: lines.filter(({ state }) => state === 'failed' || state === 'expired').length,
    list_cost_pusd: sum(({ listCostPusd }) => listCostPusd),
    cost_pusd: sum(({ costPusd }) => costPusd),
    saved_pusd: sum(({ listCostPusd, costPusd }) => listCostPusd - costPusd),
    input_tokens: sum(({ usage }) => usage.inputTokens),
    output_tokens: sum(({ usage }) => usage.outputTokens),
    models: [MODELS[batch.model].upstream],
    providers: [MODELS[batch.model].provider],
    created_at: at(createdMs),
    in_progress_at: at(createdMs),
    planned_at: at(createdMs + 400),
    finalizing_at: at(endedMs - 900),
    [`${status}_at`]: at(endedMs),
    ...(status === 'cancelled' && { cancelling_at: at(endedMs - 60_000) }),
    expires_at: at(createdMs + DAY_MS),
  };
}

function shardRow({ id, shardId, model, createdMs, endedMs, lines, status }) {
  const upstream = MODELS[model];
  return {
    id: shardId,
    batch_id: id,
    provider: upstream.provider,
    model,
    upstream_model: model,
    deployment: `${upstream.provider}/${model}`,
    state: 'ended',
    lines: lines.length,
    worst_pusd: 0n,
    vendor_batch_id: `batch_${shardId.slice(-12).toLowerCase()}`,
    vendor_status: status,
    polls: 12,
    created_at: at(createdMs + 400),
    next_at: at(endedMs),
    ended_at: at(endedMs),
  };
}

async function storeFiles(db, batch) {
  const { id, lines, files, createdMs, endedMs } = batch;
  const isGood = ({ state }) => state === 'done';
  const ended = (line) =>
    outputLine({
      ...line,
      batchId: id,
      lineNo: line.no,
      status: line.status ?? null,
      requestId: line.requestId ?? null,
      result: line.result ?? null,
    });
  const input = lines.map(
    ({ customId, body }) =>
      `{"custom_id":${JSON.stringify(customId)},"method":"POST","url":"/v1/chat/completions","body":${body}}\n`,
  );
  const bad = lines.filter((line) => !isGood(line)).map(ended);
  await storeFile(db, batch, {
    id: files.input,
    filename: 'nightly.jsonl',
    purpose: 'batch',
    text: input.join(''),
    ms: createdMs,
  });
  await storeFile(db, batch, {
    id: files.output,
    filename: `${id}_output.jsonl`,
    purpose: 'batch_output',
    text: lines.filter(isGood).map(ended).join(''),
    ms: endedMs,
  });
  if (bad.length > 0)
    await storeFile(db, batch, {
      id: files.error,
      filename: `${id}_error.jsonl`,
      purpose: 'batch_output',
      text: bad.join(''),
      ms: endedMs,
    });
}

async function storeFile(db, { team }, { id, filename, purpose, text, ms }) {
  const content = Buffer.from(text);
  const times = { created_at: at(ms), ready_at: at(ms), expires_at: at(Date.now() + 30 * DAY_MS) };
  await db
    .insertInto('files')
    .values({ id, team_id: team.id, filename, purpose, bytes: BigInt(content.length), ...times })
    .execute();
  await sql`INSERT INTO file_chunks (file_id, chunk, content) VALUES (${id}, 0, ${content})`.execute(db);
}
