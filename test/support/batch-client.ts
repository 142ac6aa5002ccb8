import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';
import type { Batch } from 'openai/resources/batches';
import { textLines } from '../../libs/sdk/src/text-lines';
import type { RunningGateway } from './gateway';

const LINE_END = '\n'.charCodeAt(0);

export type GatewayBatch = Batch & {
  gateway: {
    cached: number;
    deduplicated: number;
    escalated: number;
    list_cost_usd: string;
    cost_usd: string;
    saved_usd: string;
    providers: string[];
  };
};

/** A line of an output or an error file. */
export interface ResultLine {
  id: string;
  custom_id: string;
  response: { status_code: number; request_id: string; body: Record<string, any> } | null;
  error: { code: string; message: string } | null;
}

const ENDED = ['completed', 'failed', 'expired', 'cancelled'];

/** Longer than the lease of a batch line: with several replicas, another instance runs the lines of a dead one after 30 s. */
const PATIENCE_MS = 75_000;

export const line = (customId: string, content: string, members: Record<string, unknown> = {}) => ({
  custom_id: customId,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model: 'gpt-4.1', messages: [{ role: 'user', content }], ...members },
});

/** Lines with new prompts, if the prefix is new. */
export const lines = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, index) => line(`${prefix}-${index}`, `${prefix}: question ${index}`));

export const jsonl = (requests: object[]) => requests.map((request) => JSON.stringify(request)).join('\n');

/** The batches of one key, over plain HTTP, and over OpenAI's SDK if it supports the request. */
export class BatchClient {
  readonly openai: OpenAI;

  constructor(
    private readonly gateway: RunningGateway,
    readonly key: string,
  ) {
    this.openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
  }

  /** Lines run as live calls, as in every batch with a short window, unless the body names another one. */
  async create(body: object): Promise<GatewayBatch> {
    const request = { completion_window: '1h', ...body };
    const { status, body: batch } = await this.gateway.request('POST', '/v1/batches', this.key, request);
    expect({ status, batch }).toMatchObject({ status: 200 });
    return batch;
  }

  /** Waits until the batch ends, in any status. */
  async ended(id: string, patienceMs = PATIENCE_MS): Promise<GatewayBatch> {
    for (const start = Date.now(); Date.now() - start < patienceMs; await delay(50)) {
      const { body } = await this.gateway.request('GET', `/v1/batches/${id}`, this.key);
      if (ENDED.includes(body.status)) return body;
    }
    throw new Error(`${id} did not end`);
  }

  /** The lines of a result file, which may be longer than a string can be; none without a file. */
  async resultsOf(fileId: string | null | undefined): Promise<ResultLine[]> {
    if (!fileId) return [];
    const headers = { authorization: `Bearer ${this.key}` };
    const { body } = await fetch(`${this.gateway.url}/v1/files/${fileId}/content`, { headers });
    const results: ResultLine[] = [];
    let last: number | undefined;
    const chunks = async function* () {
      for await (const chunk of body ?? []) {
        last = chunk.at(-1);
        yield chunk;
      }
    };
    for await (const text of textLines(chunks())) results.push(JSON.parse(text) as ResultLine);
    expect(last).toBe(LINE_END);
    return results;
  }
}
