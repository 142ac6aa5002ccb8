/** The most lines of a batch, as the gateway has it. */
export const MAX_LINES = 50_000;
/** So many faults are kept; the others are only counted. */
export const MOST_FAULTS = 100;
const MAX_ID_LENGTH = 512;

/** The endpoints of batches, with what their bodies need. */
export const ENDPOINTS = {
  '/v1/chat/completions': 'messages',
  '/v1/responses': 'input',
  '/v1/embeddings': 'input',
  '/v1/messages': 'messages',
} as const;
export type BatchEndpoint = keyof typeof ENDPOINTS;

export type FaultReason =
  | 'json'
  | 'object'
  | 'id'
  | 'idTwice'
  | 'method'
  | 'url'
  | 'body'
  | 'model'
  | 'content'
  | 'stream'
  | 'columns'
  | 'tooMany';

/** What is wrong with a line; numbers begin with 1. */
export interface LineFault {
  line: number;
  reason: FaultReason;
  /** The value that is wrong, cut, or the line of its first use. */
  value: string;
}

/** The result so far. */
export interface LineReport {
  lines: number;
  faults: LineFault[];
  faultCount: number;
  /** Lines by model. */
  models: Record<string, number>;
}

/** Checks the lines of a batch one after the other; only ids and counts are kept of them. */
export class LineChecker {
  private readonly seen = new Map<string, number>();
  readonly report: LineReport = { lines: 0, faults: [], faultCount: 0, models: {} };

  constructor(private readonly endpoint: BatchEndpoint) {}

  /** @param text one line; a line of spaces alone does not count */
  add(text: string, line: number): void {
    if (text.trim() === '') return;
    this.report.lines += 1;
    if (this.report.lines > MAX_LINES) {
      if (this.report.lines === MAX_LINES + 1) this.fault(line, 'tooMany', String(MAX_LINES));
      return;
    }
    const fault = this.check(text, line);
    if (fault) this.fault(line, fault[0], fault[1]);
  }

  /** A fault that was found before there was a line to check. */
  fault(line: number, reason: FaultReason, value: string): void {
    this.report.faultCount += 1;
    if (this.report.faults.length < MOST_FAULTS) this.report.faults.push({ line, reason, value: value.slice(0, 80) });
  }

  private check(text: string, line: number): [FaultReason, string] | undefined {
    const value = parsed(text);
    if (value === undefined) return ['json', text];
    if (!isObject(value)) return ['object', text];
    const { custom_id: id, method, url, body } = value;
    if (typeof id !== 'string' || id === '' || id.length > MAX_ID_LENGTH || /\p{Cc}/u.test(id))
      return ['id', JSON.stringify(id) ?? ''];
    const first = this.seen.get(id);
    if (first !== undefined) return ['idTwice', String(first)];
    this.seen.set(id, line);
    if (method !== undefined && method !== 'POST') return ['method', JSON.stringify(method)];
    const endpoint = endpointOf(url, this.endpoint);
    if (endpoint === undefined) return ['url', JSON.stringify(url)];
    if (!isObject(body)) return ['body', JSON.stringify(body) ?? ''];
    return this.checkBody(body, endpoint);
  }

  private checkBody(body: Record<string, unknown>, endpoint: BatchEndpoint): [FaultReason, string] | undefined {
    const { model, stream } = body;
    if (typeof model !== 'string' || model === '') return ['model', JSON.stringify(model) ?? ''];
    this.report.models[model] = (this.report.models[model] ?? 0) + 1;
    if (stream === true) return ['stream', 'stream'];
    const needed = ENDPOINTS[endpoint];
    const content = body[needed];
    const isThere = needed === 'messages' ? Array.isArray(content) && content.length > 0 : content !== undefined;
    return isThere ? undefined : ['content', needed];
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function endpointOf(url: unknown, fallback: BatchEndpoint): BatchEndpoint | undefined {
  if (url === undefined) return fallback;
  if (typeof url !== 'string') return undefined;
  const path = url.startsWith('/v1/') ? url : `/v1${url}`;
  return (Object.keys(ENDPOINTS) as BatchEndpoint[]).find((endpoint) => endpoint === path);
}
