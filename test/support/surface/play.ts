import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../eventually';
import type { FakeCall } from '../fake-openai/call-log';
import type { FakeOpenAi } from '../fake-openai/fake-openai';
import type { RunningGateway } from '../gateway';
import { type Cell, promptOf } from './cell';

/** Budgets: one that is large enough, and one without room. */
const LIMITS = { block: '100', warn: '0.000001', used_up: '0.000001', downgrade: '0.000001' };
const ACTIONS = { block: 'block', warn: 'warn', used_up: 'block', downgrade: 'downgrade' };
const BATCH_ENDS = ['completed', 'failed', 'expired', 'cancelled'];
const BATCH_MS = 240_000;

/** The calls of one cell, by a separate team. */
export interface Played {
  cell: Cell;
  index: number;
  name: string;
  teamId: string;
  key: string;
  budgetId: string | undefined;
  /** Statuses and costs of the responses that ended; none for those whose client disconnected. */
  answers: { status: number; requestId: string; costUsd: string | null; cacheStatus: string | null; text: string }[];
}

/** Makes the calls of one cell against a gateway whose model `surface-<index>` has two deployments. */
export class Player {
  constructor(
    private readonly gateway: RunningGateway,
    private readonly vendors: readonly FakeOpenAi[],
  ) {}

  async play(cell: Cell, index: number): Promise<Played> {
    const { key, teamId } = await this.gateway.createKey();
    const name = `cell-${index}`;
    const played: Played = { cell, index, name, teamId, key, budgetId: undefined, answers: [] };
    const prompt = promptOf(cell, name);
    if (cell.cache === 'hit') {
      // The first response tells of the model version, which starts a generation.
      await this.call(played, this.bodyOf(played, { ...cell, cache: 'bypass' }, prompt), {});
      await this.call(played, this.bodyOf(played, { ...cell, cache: 'miss' }, prompt), {});
    }
    if (cell.budget !== 'none') played.budgetId = await this.limit(played, cell.budget);
    const headers: Record<string, string> = cell.idempotency === 'none' ? {} : { 'idempotency-key': name };
    for (let time = cell.idempotency === 'repeated' ? 2 : 1; time > 0; time -= 1) {
      if (cell.endpoint === 'batch') await this.batch(played, prompt, headers);
      else
        await this.call(
          played,
          this.bodyOf(played, cell, prompt),
          headers,
          time === 2 || cell.idempotency !== 'repeated',
        );
    }
    return played;
  }

  /** Every attempt of the cell that reached a vendor. */
  callsOf(name: string): FakeCall[] {
    const asked = ({ body }: FakeCall) => JSON.stringify(body)?.includes(`"${name} of what can be called`) ?? false;
    return this.vendors.flatMap((vendor) => vendor.calls.filter(asked));
  }

  private async limit({ teamId, index }: Played, budget: keyof typeof LIMITS): Promise<string> {
    const { status, body } = await this.gateway.admin('POST', '/admin/budgets', {
      team_id: teamId,
      window: 'total',
      limit_usd: LIMITS[budget],
      action: ACTIONS[budget],
      ...(budget === 'downgrade' && { downgrade_to: `surface-small-${index}` }),
    });
    if (status !== 201) throw new Error(`no budget: ${JSON.stringify(body)}`);
    return body.id;
  }

  private bodyOf({ index }: Played, { endpoint, cache }: Cell, content: string) {
    return {
      model: `surface-${index}`,
      max_tokens: 200,
      messages: [{ role: 'user', content }],
      ...(endpoint === 'stream' && { stream: true }),
      ...(cache === 'refresh' && { cache: { 'no-cache': true } }),
      ...(cache === 'bypass' && { use_cache: false }),
    };
  }

  private async call(played: Played, body: object, headers: Record<string, string>, mayLeave = true): Promise<void> {
    const leaving = new AbortController();
    const { cell, name, key } = played;
    const left = mayLeave && cell.client === 'leaves_before' ? this.leaveBefore(name, leaving) : undefined;
    const within = mayLeave && cell.client === 'leaves_within' ? this.leaveWithin(name, leaving) : undefined;
    try {
      const response = await fetch(`${this.gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: leaving.signal,
      });
      const text = await response.text();
      // Nothing was asked: on a busy machine the embedded database may take too long to promise an idempotency key.
      if (response.status === 503) {
        await delay(Number(response.headers.get('retry-after')) * 1000);
        return await this.call(played, body, headers, mayLeave);
      }
      played.answers.push({
        status: response.status,
        requestId: response.headers.get('x-request-id') ?? '',
        costUsd: response.headers.get('x-gateway-cost-usd'),
        cacheStatus: response.headers.get('x-cache-status'),
        text,
      });
    } catch (error) {
      if (!leaving.signal.aborted && cell.client === 'stays') throw error;
    }
    await Promise.all([left, within]);
  }

  private async leaveBefore(name: string, leaving: AbortController): Promise<void> {
    await eventually(() => this.callsOf(name).length > 0 || undefined, 30_000);
    leaving.abort();
  }

  /** Disconnects when a part of the response has arrived: events of a stream, else the headers. */
  private async leaveWithin(name: string, leaving: AbortController): Promise<void> {
    await eventually(() => this.callsOf(name).some(({ status }) => status === 200) || undefined, 30_000);
    await delay(this.callsOf(name).some(({ bytesSent }) => bytesSent > 0) ? 30 : 100);
    await eventually(() => this.callsOf(name).some(({ bytesSent, endedAt }) => bytesSent > 0 || endedAt) || undefined);
    leaving.abort();
  }

  private async batch(played: Played, prompt: string, headers: Record<string, string>): Promise<void> {
    const { cell, name, key } = played;
    const line = {
      custom_id: name,
      method: 'POST',
      url: '/v1/chat/completions',
      body: this.bodyOf(played, cell, prompt),
    };
    // With a short window the line runs as a live call, which this matrix is about.
    const batch = { requests: [line], completion_window: '1h' };
    const make = () => this.gateway.request('POST', '/v1/batches', key, batch, headers);
    const made = await eventually(async () => {
      const answer = await make();
      return answer.status === 503 ? undefined : answer;
    }, 60_000);
    if (made.status !== 200) throw new Error(`no batch: ${JSON.stringify(made.body)}`);
    const path = `/v1/batches/${made.body.id}`;
    if (cell.client === 'leaves_before' && BATCH_ENDS.every((end) => end !== made.body.status)) {
      await eventually(() => this.callsOf(name).length > 0 || undefined, 30_000);
      await this.gateway.request('POST', `${path}/cancel`, key);
    }
    const ended = await eventually(async () => {
      const { body } = await this.gateway.request('GET', path, key);
      return BATCH_ENDS.includes(body.status) ? body : undefined;
    }, BATCH_MS);
    const { completed } = ended.request_counts;
    played.answers.push({
      status: completed === 1 ? 200 : 0,
      requestId: '',
      costUsd: ended.gateway.cost_usd,
      cacheStatus: ended.gateway.cached === 1 ? 'HIT' : null,
      text: ended.id,
    });
  }
}
