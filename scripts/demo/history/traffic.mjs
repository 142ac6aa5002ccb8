import { FALLBACK, MODELS } from '../models.mjs';
import { DRIFT, FAILING, INVALIDATED, momentsOf } from '../moments.mjs';
import { numbers, weighted } from '../random.mjs';
import { answered, failed, ids, intentOf } from './attempts.mjs';
import { callTimes } from './calendar.mjs';
import { costOfCall } from './prices.mjs';
import { drawQuestion, timesOf, usageOf } from './questions.mjs';

const DAY_MS = 24 * 3_600_000;
const TTL_MS = 7 * DAY_MS;
/** Questions of this rank or more frequent are asked by several clients at once now and then. */
const POPULAR = 12;
/** Failures of vendors, by weight: status and code as the gateway writes them. */
const FAILURES = {
  '429 upstream_rate_limited': 5,
  '503 upstream_error': 3,
  '500 upstream_error': 1,
  '504 upstream_timeout': 1,
};

/**
 * The calls of the past, with a cache that answers as the gateway's does: what a team asked within a week is a hit, until the
 * model has a new generation.
 */
export class Traffic {
  /** Attempts in order: `{intent, outcome, createdAtMs}`. */
  attempts = [];
  stored = new Map();
  serial = 0;

  /** @param {{nowMs: number, days: number, scale: number, seed: number, teams: object[]}} plan */
  constructor({ nowMs, days, scale, seed, teams }) {
    Object.assign(this, { nowMs, teams, moments: momentsOf(nowMs), random: numbers(seed), newId: ids(seed + 1) });
    const span = { fromMs: nowMs - days * DAY_MS, toMs: nowMs, scale };
    this.calls = teams
      .flatMap((team) => callTimes(team, span, this.random).map((ms) => ({ ms, team })))
      .toSorted((one, other) => one.ms - other.ms);
  }

  /** Makes all calls. */
  run() {
    for (const { ms, team } of this.calls) this.call(ms, team);
    this.attempts.sort((one, other) => one.createdAtMs - other.createdAtMs);
    return this.attempts;
  }

  call(ms, team) {
    const { random } = this;
    const key = this.keyOf(team, ms);
    const model = weighted(team.mix, random);
    const question = drawQuestion(team, model, random, (this.serial += 1));
    const isEmbedding = model.startsWith('text-embedding');
    const asked = {
      ms,
      requestId: this.newId(ms),
      team,
      key,
      model,
      endpoint: isEmbedding ? '/v1/embeddings' : '/v1/chat/completions',
      stream: !isEmbedding && random() < team.streams,
      question: question.number,
      tags: question.tags,
      generation: this.generationOf(model, ms),
      tokens: question,
    };
    const place = `${question.text} ${asked.generation}`;
    const found = this.stored.get(place);
    if (!key.bypass && found && ms - found.ms < TTL_MS && ms > found.ms + found.latencyMs)
      return this.hit(asked, found);
    const status = key.bypass ? 'BYPASS' : found && random() < 0.02 ? 'REFRESH' : 'MISS';
    const answer = this.ask(asked, status);
    if (!answer) return;
    if (status !== 'BYPASS' && answer.isStored) this.stored.set(place, answer);
    if (status === 'MISS' && question.rank < POPULAR && random() < 0.3) this.followers(asked, answer);
  }

  hit(asked, { upstream, provider, usage, listPusd }) {
    const latencyMs = 1 + Math.floor(3 * this.random());
    const outcome = answered(
      upstream,
      usage,
      { listPusd, costPusd: 0n },
      { savedBy: 'cache', latencyMs, ttftMs: asked.stream ? latencyMs : null },
    );
    this.add(asked, { cache_status: 'HIT', provider, upstream_model: upstream, question: null }, outcome);
  }

  /** Asks the vendors. @returns what may be stored; undefined where no vendor answered */
  ask(asked, status) {
    const { random } = this;
    const { model, ms } = asked;
    const isOut = MODELS[model].provider === FAILING && this.isOutage(ms);
    const failures = isOut ? 1 + Math.floor(2 * random()) : random() < 0.012 ? 1 : 0;
    let attempt = 1;
    let atMs = ms;
    for (; attempt <= failures; attempt += 1) {
      const [code, error] = isOut ? ['503', 'upstream_error'] : weighted(FAILURES, random).split(' ');
      const latencyMs = code === '504' ? 30_000 : 40 + Math.floor(400 * random());
      const outcome = failed(asks(model), Number(code), error, latencyMs);
      this.add(
        { ...asked, ms: atMs },
        { attempt, cache_status: status, provider: MODELS[model].provider, upstream_model: asks(model) },
        outcome,
      );
      atMs += latencyMs + 200;
    }
    // Some errors are the end: the caller gets them.
    if (failures > 0 && !isOut && random() < 0.3) return undefined;
    return this.answer({ ...asked, ms: atMs }, { attempt, status, by: isOut ? FALLBACK.model : model });
  }

  answer(asked, { attempt, status, by }) {
    const { random } = this;
    const isFallback = by !== asked.model;
    const usage = usageOf(asked.tokens, by, random);
    const cost = costOfCall(by, usage);
    const times = timesOf(by, usage, asked.stream, random);
    const upstream = this.upstreamOf(by, asked.ms);
    const uncached = status === 'BYPASS' ? null : isFallback ? 'other_model' : this.notStored(asked);
    const { provider } = MODELS[by];
    this.add(
      asked,
      { attempt, cache_status: status, provider, upstream_model: upstream },
      answered(upstream, usage, cost, { uncached, ...times }),
    );
    return {
      ...cost,
      ms: asked.ms,
      usage,
      upstream,
      provider,
      latencyMs: times.latencyMs,
      isStored: uncached === null,
    };
  }

  /** The same question of other clients while it is being answered. */
  followers(asked, { upstream, provider, usage, listPusd, latencyMs }) {
    for (let left = 1 + Math.floor(2 * this.random()); left > 0; left -= 1) {
      const late = Math.floor(latencyMs * 0.9 * this.random());
      const follower = { ...asked, ms: asked.ms + late, requestId: this.newId(asked.ms + late) };
      const outcome = answered(
        upstream,
        usage,
        { listPusd, costPusd: 0n },
        { savedBy: 'coalesced', latencyMs: latencyMs - late, ttftMs: null },
      );
      this.add(follower, { cache_status: 'COALESCED', provider, upstream_model: upstream, question: null }, outcome);
    }
  }

  notStored({ team }) {
    const chance = this.random();
    if (team.name === 'Developer Tools' && chance < 0.14) return 'tool_calls';
    if (chance > 0.985) return 'not_stopped';
    return chance > 0.982 ? 'refused' : null;
  }

  add(asked, members, outcome) {
    if (asked.ms < this.nowMs) this.attempts.push({ intent: intentOf(asked, members), outcome, createdAtMs: asked.ms });
  }

  keyOf(team, ms) {
    const daysAgo = (this.nowMs - ms) / DAY_MS;
    // A key that is revoked is given up some days before.
    const alive = team.keys.filter(({ batch, until = -3 }) => !batch && daysAgo >= until + 3);
    const name = weighted(Object.fromEntries(alive.map((key) => [key.name, key.share])), this.random);
    return alive.find((key) => key.name === name);
  }

  generationOf(model, ms) {
    const { driftMs, invalidatedMs } = this.moments;
    const startedMs = { [DRIFT.model]: driftMs, [INVALIDATED]: invalidatedMs }[model];
    return startedMs !== undefined && ms >= startedMs ? 2 : 1;
  }

  upstreamOf(model, ms) {
    return model === DRIFT.model && ms >= this.moments.driftMs ? DRIFT.upstream : MODELS[model].upstream;
  }

  isOutage(ms) {
    return ms >= this.moments.outageMs && ms < this.moments.outageEndMs;
  }
}

function asks(model) {
  return MODELS[model].asks ?? model;
}
