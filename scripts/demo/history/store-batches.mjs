import { sql } from 'kysely';
import { product } from '../product.mjs';
import { MODELS } from '../models.mjs';

const { outputLine } = product('batch/output/output-line');
const { FilesRepository } = product('batch/files/files.repository');
const { ChunkWriter } = product('batch/files/chunk-writer');
/** As FILE_EXPIRY_DAYS is without being set; files expire by their time of creation, which is now while they are written. */
const FILE_EXPIRY_S = 30 * 24 * 3_600;
const DAY_MS = 24 * 3_600_000;
const at = (ms) => new Date(ms);

/** Stores batches that have ended, with their lines, shards and files. Their attempts are the ledger's. */
export async function storeBatches(database, batches) {
  const { db } = database;
  const files = new FilesRepository(database, { batch: { fileExpirySeconds: FILE_EXPIRY_S } });
  for (const batch of batches) {
    await storeFiles(files, batch);
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

async function storeFiles(repository, batch) {
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
  await storeFile(repository, batch, {
    id: files.input,
    filename: 'nightly.jsonl',
    purpose: 'batch',
    text: input.join(''),
    ms: createdMs,
  });
  await storeFile(repository, batch, {
    id: files.output,
    filename: `${id}_output.jsonl`,
    purpose: 'batch_output',
    text: lines.filter(isGood).map(ended).join(''),
    ms: endedMs,
  });
  if (bad.length > 0)
    await storeFile(repository, batch, {
      id: files.error,
      filename: `${id}_error.jsonl`,
      purpose: 'batch_output',
      text: bad.join(''),
      ms: endedMs,
    });
}

async function storeFile(repository, { team }, { id, filename, purpose, text, ms }) {
  const writer = new ChunkWriter((chunk, content) => repository.writeChunk(id, chunk, content));
  await repository.create({ id, teamId: team.id, filename, purpose });
  await writer.write(Buffer.from(text));
  await writer.end();
  await repository.publish(id, writer.facts());
  const time = new Date(ms);
  await sql`UPDATE files SET created_at = ${time}, ready_at = ${time} WHERE id = ${id}`.execute(repository.database.db);
}
