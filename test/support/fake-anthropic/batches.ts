import { ERROR_TYPES, refuse, Refusal } from './refusal';

/** The answer to a request for batches: JSON, or lines of JSON. */
export interface BatchesAnswer {
  json?: object;
  lines?: string;
}

interface Line {
  id: string;
  params: any;
}

interface Batch {
  id: string;
  createdMs: number;
  cancelledMs: number | undefined;
  /** The header for all lines. */
  beta: string;
  lines: Line[];
  /** Set once it has ended. */
  results: any[] | undefined;
}

const CUSTOM_ID = /^[A-Za-z0-9_-]{1,64}$/;
const MOST_LINES = 100_000;
const DAY_MS = 24 * 3_600_000;

/**
 * Message Batches: counts of lines are zero until a batch ends, results have no order, and lines are checked when they run.
 *
 * @see https://platform.claude.com/docs/en/api/creating-message-batches
 */
export class Batches {
  private readonly batches = new Map<string, Batch>();
  /** How long a batch runs, in milliseconds. */
  runsMs = 60;
  /** The lines that ran, with what they cost; errors cost nothing. */
  readonly ran: (Line & { usage?: any })[] = [];

  constructor(
    private readonly answer: (params: any, beta: string) => any,
    private readonly baseUrl: () => string,
    private readonly now: () => number = Date.now,
  ) {}

  reset(): void {
    this.ran.length = 0;
    this.batches.clear();
  }

  /** @param path behind `/v1/messages/batches` @throws Refusal */
  handle(method: string, path: string, body: any, beta: string): BatchesAnswer {
    const [, id, action] = path.split('?')[0]?.split('/') ?? [];
    for (const batch of this.batches.values()) this.advance(batch);
    if (!id) return { json: method === 'POST' ? this.create(body, beta) : this.list() };
    const batch = this.batches.get(id);
    if (!batch) throw new Refusal(404, 'not_found_error', `Message batch ${id} not found`);
    if (action === 'results') return { lines: this.results(batch) };
    if (action === 'cancel') this.cancel(batch);
    return { json: this.objectOf(batch) };
  }

  private create(body: any, beta: string): object {
    for (const name of Object.keys(body ?? {}))
      if (name !== 'requests') refuse(`${name}: Extra inputs are not permitted`);
    if (!Array.isArray(body?.requests) || body.requests.length === 0) refuse('requests: Field required');
    if (body.requests.length > MOST_LINES) refuse(`requests: at most ${MOST_LINES} items`);
    const ids = new Set<string>();
    for (const [at, { custom_id: customId, params }] of body.requests.entries()) {
      if (typeof customId !== 'string' || !CUSTOM_ID.test(customId))
        refuse(`requests.${at}.custom_id: String should match pattern '${CUSTOM_ID.source}'`);
      if (ids.has(customId)) refuse(`requests.${at}.custom_id: custom_id must be unique within the batch`);
      if (typeof params !== 'object' || params === null) refuse(`requests.${at}.params: Field required`);
      ids.add(customId);
    }
    const id = `msgbatch_fake${this.batches.size + 1}`;
    const lines = body.requests.map(({ custom_id: customId, params }: any) => ({ id: customId, params }));
    const batch: Batch = { id, createdMs: this.now(), cancelledMs: undefined, beta, lines, results: undefined };
    this.batches.set(id, batch);
    return this.objectOf(batch);
  }

  private list(): object {
    const data = [...this.batches.values()].map((batch) => this.objectOf(batch)).toReversed();
    return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null };
  }

  private cancel(batch: Batch): void {
    if (batch.results) refuse('Batch has already ended');
    batch.cancelledMs ??= this.now();
  }

  private results({ id, results }: Batch): string {
    if (!results) throw new Refusal(404, 'not_found_error', `Message batch ${id} has no available results`);
    return results.map((result) => `${JSON.stringify(result)}\n`).join('');
  }

  private advance(batch: Batch): void {
    const isCancelled = batch.cancelledMs !== undefined;
    if (batch.results || (!isCancelled && this.now() < batch.createdMs + this.runsMs)) return;
    const run = (line: Line) => (isCancelled ? { type: 'canceled' } : this.run(line, batch.beta));
    batch.results = batch.lines.map((line) => ({ custom_id: line.id, result: run(line) })).toReversed();
  }

  get count(): number {
    return this.batches.size;
  }

  private run(line: Line, beta: string): object {
    const { params } = line;
    const ran: (typeof this.ran)[number] = { ...line };
    this.ran.push(ran);
    try {
      if (params.stream !== undefined) refuse('stream: streaming is not supported in batches');
      const message = this.answer(params, beta);
      ran.usage = message.usage;
      return { type: 'succeeded', message };
    } catch (error) {
      const { status, message } = error instanceof Refusal ? error : new Refusal(500, 'api_error', String(error));
      const type = ERROR_TYPES[status] ?? 'api_error';
      return { type: 'errored', error: { type: 'error', error: { type, message }, request_id: 'req_fake' } };
    }
  }

  private objectOf({ id, createdMs, cancelledMs, lines, results }: Batch) {
    const count = (wanted: string) => results?.filter(({ result }) => result.type === wanted).length ?? 0;
    const isCancelling = cancelledMs !== undefined && !results;
    return {
      id,
      type: 'message_batch',
      processing_status: results ? 'ended' : isCancelling ? 'canceling' : 'in_progress',
      request_counts: {
        processing: results ? 0 : lines.length,
        succeeded: count('succeeded'),
        errored: count('errored'),
        canceled: count('canceled'),
        expired: 0,
      },
      created_at: timeOf(createdMs),
      expires_at: timeOf(createdMs + DAY_MS),
      ended_at: results ? timeOf(this.now()) : null,
      archived_at: null,
      cancel_initiated_at: cancelledMs === undefined ? null : timeOf(cancelledMs),
      results_url: results ? `${this.baseUrl()}/v1/messages/batches/${id}/results` : null,
    };
  }
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
