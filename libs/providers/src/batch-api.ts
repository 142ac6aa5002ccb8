import type { HttpRequest, StreamedBody, UpstreamCall, UpstreamRequest } from './translator';

/**
 * The interface to a vendor's batch API: work that can wait, at a lower price. Pure, as a translator: it builds requests and reads
 * responses, and what sends them is elsewhere. Lines have the gateway's own ids, never those of callers.
 */

/** What one batch of the vendor may have. */
export interface BatchLimits {
  lines: number;
  /** Of all lines with their line ends. */
  bytes: number;
  /** Of all lines for embeddings, each of which may have many. */
  inputs?: number;
}

/** What is sent as one batch of a vendor. */
export interface BatchDraft {
  /** Names the batch where the vendor has a place for it: of `A-Z a-z 0-9 _ -`, 64 characters at most. */
  name: string;
  /** The vendor's name of the model. */
  upstreamModel: string;
  /** Of the lines' requests, for example `https://api.openai.com/v1/chat/completions`. */
  url: string;
  /** The headers of the lines' requests that hold for the whole batch. */
  headers: Readonly<Record<string, string>>;
  lineCount: number;
  /** The lines as {@link BatchApi.line} writes them, each with a line end. */
  lines: StreamedBody;
}

/** How a batch has ended. `refused` has no results: its lines were not run. */
export type BatchEnd = 'completed' | 'expired' | 'cancelled' | 'refused';

/** A batch as the vendor describes it. */
export interface VendorBatch {
  id: string;
  /** The vendor's own word. */
  status: string;
  /** False where the vendor's word is a new one: the batch is then taken to run. */
  isKnownStatus: boolean;
  /** Undefined while it runs. */
  end: BatchEnd | undefined;
  /** Undefined where the vendor does not tell before the end. */
  counts: { completed: number; failed: number } | undefined;
  /** The number of its lines; undefined where the vendor does not tell. */
  lineCount: number | undefined;
  /** The file that it was made of. */
  inputFileId: string | undefined;
  /** As in {@link BatchDraft}. */
  name: string | undefined;
  /** Milliseconds since 1970. */
  createdAtMs: number | undefined;
  /** Where the results are: file ids or URLs, in the vendor's terms. Some are there before the end. */
  outputs: readonly string[];
  /** Why it was refused. */
  error: string | undefined;
  /** Whether a later try may be accepted: the vendor has too much of this account's work in its queue. */
  retryLater: boolean;
}

/** A page of a vendor's batches. */
export interface BatchList {
  batches: VendorBatch[];
  /** For the next page; undefined on the last one. */
  after: string | undefined;
}

/** What became of a line. */
export type VendorLine = { id: string } & (
  | { kind: 'answered'; body: Buffer }
  /** @property status as HTTP has it. @property body in the shape of the vendor's API */
  | { kind: 'failed'; status: number; body: string }
  /** Not run, and not charged. */
  | { kind: 'expired' | 'cancelled' }
);

/** A page of results, and the request for the next one. */
export interface ResultPage {
  lines: VendorLine[];
  next: HttpRequest | undefined;
}

/** How lines reach the vendor before a batch is made of them. */
export interface BatchUpload {
  request(draft: BatchDraft, baseUrl: string): HttpRequest;
  /** The second request, where the first one only begins the upload. */
  content?(
    draft: BatchDraft,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    baseUrl: string,
  ): HttpRequest;
  /** The id of the file; undefined where the response has none. */
  read(body: Buffer): string | undefined;
  remove(fileId: string, baseUrl: string): HttpRequest;
  /** The latest files; undefined where the vendor lists none. */
  list?(baseUrl: string): HttpRequest;
  /** Ids of the files in a list that have the draft's name. */
  find?(body: Buffer, name: string): string[];
}

/**
 * By what a batch whose creation broke off is found again: the file that it was made of, its name, or, where the vendor keeps
 * nothing of ours, the number of its lines and the time.
 */
export type FoundBy = 'input' | 'name' | 'count';

export interface BatchApi {
  readonly limits: BatchLimits;
  readonly foundBy: FoundBy;
  readonly discount: BatchDiscount;
  /** Whether lines may be for embeddings. */
  readonly embeddings: boolean;
  /** How often a batch is looked at, in milliseconds, where that is more often than at other vendors. */
  readonly pollMs?: number;
  /**
   * What the lines of one batch must have in common, besides their model: lines with the same text can be in one. Undefined
   * where the vendor takes no such call in a batch.
   */
  groupOf(request: UpstreamRequest, call: Pick<UpstreamCall, 'body'>): string | undefined;
  /** A line of a batch, without its line end. @param id of `A-Z a-z 0-9 _ -`, 64 characters at most */
  line(id: string, request: UpstreamRequest): string;
  /** Undefined where the lines go with the creation. */
  readonly upload: BatchUpload | undefined;
  /** @param inputFileId of the upload; empty without one */
  create(draft: BatchDraft, inputFileId: string, baseUrl: string): HttpRequest;
  get(id: string, baseUrl: string): HttpRequest;
  cancel(id: string, baseUrl: string): HttpRequest;
  /** The latest batches first. @param after of the page before */
  list(baseUrl: string, after?: string): HttpRequest;
  /**
   * The response to {@link create} or {@link get}; undefined where it describes no batch.
   *
   * @param nowMs milliseconds since 1970: some vendors tell when a batch expires, and not that it has
   */
  read(body: Buffer, nowMs: number): VendorBatch | undefined;
  /**
   * A page of {@link list}.
   *
   * @param after as it was asked for
   * @returns undefined for what is no list of batches, or does not say how it goes on: a batch may be missing from it
   */
  readList(body: Buffer, nowMs: number, after?: string): BatchList | undefined;
  /** The requests for the results of a batch, each a stream of lines or a page. */
  results(batch: VendorBatch, baseUrl: string): HttpRequest[];
  /** Reads one line of a stream of results; undefined where it is none. */
  readLine(text: string): VendorLine | undefined;
  /** Where results come in pages of JSON and not as a stream of lines. */
  readonly readPage: ((body: Buffer, request: HttpRequest) => ResultPage) | undefined;
}

/** The price of batches where the catalogue has none. */
export interface BatchDiscount {
  /** Of one million: 500,000 is half of the list price. */
  millionths: number;
  /** Whether input that is read from the vendor's prompt cache has both discounts; else it costs as other input. */
  stacks: boolean;
}
