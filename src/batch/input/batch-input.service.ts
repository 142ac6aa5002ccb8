import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { type CreateBatch, MAX_FILE_BYTES } from '@thriftgate/contracts';
import { type Endpoint, endpointAt, stringifyExact } from '@thriftgate/providers';
import type { Caller } from '../../common/caller';
import { GatewayError } from '../../common/errors';
import { StoredElement, StoredText } from '../../http/body/stored-parts';
import { ModelRegistry } from '../../models/model-registry.service';
import type { ContentFacts } from '../files/chunk-writer';
import { FilesRepository } from '../files/files.repository';
import { FilesService } from '../files/files.service';
import { type BatchLine, readLine } from './batch-line';
import { type CallRules, checkLines, describeProblems } from './check-lines';
import { rawLines } from './raw-lines';

/** Up to this size a line is parsed without a scan: that takes a few milliseconds. */
const MAX_TEXT_BYTES = 64 * 1024;

/** The checked input of a new batch, in a file. */
export interface BatchInput {
  fileId: string;
  /** The draft, if the lines came with the request; it is published with the batch. */
  draft: ContentFacts | undefined;
  endpoint: Endpoint;
  lines: number;
}

/** Reads the lines of a new batch from a file or from the request, and accepts only inputs without an invalid line. */
@Injectable()
export class BatchInputService {
  constructor(
    private readonly files: FilesService,
    private readonly repository: FilesRepository,
    private readonly models: ModelRegistry,
  ) {}

  /**
   * @param content the lines, in place of those of the request
   * @throws GatewayError that names the member and the invalid lines; a draft is deleted
   */
  async accept(caller: Caller, request: CreateBatch, content?: AsyncIterable<Buffer>): Promise<BatchInput> {
    const endpoint = endpointAt(request.endpoint);
    if (!endpoint) throw new GatewayError('invalid_request', { message: 'No such endpoint.', param: 'endpoint' });
    const { member, file } = await this.file(caller, request, content);
    try {
      const check = await checkLines(this.rawLines(file.fileId), this.rulesOf(caller, endpoint));
      const message = describeProblems(check);
      if (message !== undefined) throw new GatewayError('invalid_request', { message, param: member });
      return { ...file, endpoint, lines: check.lines };
    } catch (error) {
      await this.discard(file);
      throw error;
    }
  }

  /** Reads the lines of an accepted input. */
  async *read(input: BatchInput): AsyncGenerator<BatchLine, void, undefined> {
    for await (const raw of this.rawLines(input.fileId)) {
      const read = await readLine(raw, input.endpoint);
      if ('line' in read) yield read.line;
    }
  }

  private rawLines(fileId: string) {
    return rawLines(this.repository.content(fileId), MAX_TEXT_BYTES);
  }

  /** Publishes the draft of an input that came with the request. */
  async publish(input: BatchInput, db: Parameters<FilesRepository['publish']>[2]): Promise<void> {
    if (input.draft) await this.repository.publish(input.fileId, input.draft, db);
  }

  /** Deletes the draft of an input whose batch was not created. */
  async discard(input: Pick<BatchInput, 'fileId' | 'draft'>): Promise<void> {
    if (input.draft) await this.repository.discard(input.fileId);
  }

  private async file(
    caller: Caller,
    request: CreateBatch,
    content: AsyncIterable<Buffer> | undefined,
  ): Promise<{ member: string; file: Pick<BatchInput, 'fileId' | 'draft'> }> {
    if (request.input_file_id !== undefined) {
      const file = await this.repository.find(caller.teamId, request.input_file_id);
      if (file?.purpose === 'batch') {
        return { member: 'input_file_id', file: { fileId: file.id, draft: undefined } };
      }
      const message = `There is no file '${request.input_file_id.slice(0, 100)}' uploaded with purpose batch.`;
      throw new GatewayError('invalid_request', { message, param: 'input_file_id' });
    }
    const member = request.requests === undefined ? 'input_file_content' : 'requests';
    const lines =
      content ?? (request.requests ? requestLines(request.requests) : textLines(request.input_file_content));
    try {
      const draft = await this.files.draft(caller.teamId, 'batch-input.jsonl', lines);
      return { member, file: { fileId: draft.id, draft: draft.writer.facts() } };
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'request_too_large') throw error;
      const message = `A batch may have at most ${MAX_FILE_BYTES / 1024 / 1024} MB.`;
      throw new GatewayError('request_too_large', { message, param: member });
    }
  }

  private rulesOf({ models, cache }: Caller, endpoint: Endpoint): CallRules {
    return {
      endpoint,
      isServed: (model) => this.models.resolveSent(model) !== undefined,
      isAllowed: (model) => models === null || models.includes(this.models.resolveSent(model)?.name ?? model),
      isControlAllowed: (control) => cache?.allowedControls?.includes(control) ?? true,
    };
  }
}

/** After so many lines of a request, some milliseconds' work, other calls have their turn. */
const TURN_LINES = 1_000;
const NEWLINE = Buffer.from('\n');
const [NEWLINE_CODE, RETURN_CODE, SPACE_CODE] = [0x0a, 0x0d, 0x20];

/** @throws GatewayError `invalid_request` for what is no line */
async function* requestLines(requests: readonly unknown[]): AsyncGenerator<Buffer, void, undefined> {
  for (const [index, request] of requests.entries()) {
    // Many short ones come without a read of the disk between them.
    if (index % TURN_LINES === TURN_LINES - 1) await nextTurn();
    const param = `requests.${index}`;
    if (!(request instanceof StoredElement)) yield Buffer.from(lineOf(request, param));
    // A line end within a text would become a space.
    else if (request.isBroken)
      throw new GatewayError('invalid_request', { message: `'${param}': is not valid JSON.`, param });
    else for await (const piece of request.pieces()) yield inOneLine(piece);
    yield NEWLINE;
  }
}

/** @throws GatewayError `invalid_request` where the engine's stack ends before the nesting does */
function lineOf(request: unknown, param: string): string {
  try {
    return String(stringifyExact(request));
  } catch {
    throw new GatewayError('invalid_request', { message: `'${param}': is nested too deeply.`, param });
  }
}

/** JSON whose line ends, which can only be between its tokens, are spaces. */
function inOneLine(json: Buffer): Buffer {
  if (!json.includes(NEWLINE_CODE) && !json.includes(RETURN_CODE)) return json;
  return json.map((byte) => (byte === NEWLINE_CODE || byte === RETURN_CODE ? SPACE_CODE : byte)) as Buffer;
}

/** Cuts text at line ends: no character is cut, and the text is not copied as a whole. */
function textLines(text: unknown): Iterable<Buffer> | AsyncIterable<Buffer> {
  if (text instanceof StoredText) return text.pieces();
  return typeof text === 'string' ? linesOf(text) : [];
}

function* linesOf(text: string): Generator<Buffer, void, undefined> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline + 1;
    yield Buffer.from(text.slice(start, end));
    start = end;
  }
}
