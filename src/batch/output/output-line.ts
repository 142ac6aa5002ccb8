import { withEscapedLineEnds } from '@thriftgate/providers';
import type { LineState } from '../../database/schema';

/** A line that has ended. */
export interface EndedLine {
  batchId: string;
  lineNo: number;
  customId: string;
  state: LineState;
  requestId: string | null;
  status: number | null;
  /** JSON text in one line: the body of the response if there is a status, else the error. */
  result: string | null;
}

const CANCELLED = JSON.stringify({
  code: 'batch_cancelled',
  message: 'This request was not executed because the batch was cancelled.',
});
const EXPIRED = JSON.stringify({
  code: 'batch_expired',
  message: 'This request could not be executed before the completion window expired.',
});

/**
 * A line of the output or error file, with its line end. The response text is copied; what would end the line is escaped. The
 * id is made of batch and line number, so a file that is written twice is the same.
 *
 * @see https://platform.openai.com/docs/api-reference/batch/request-output
 */
export function outputLine(line: EndedLine): string {
  const id = JSON.stringify(`batch_req_${line.batchId.replace(/^batch_/, '')}_${line.lineNo}`);
  const { response, error } = partsOf(line);
  const json = `{"id":${id},"custom_id":${JSON.stringify(line.customId)},"response":${response},"error":${error}}`;
  return `${withEscapedLineEnds(json)}\n`;
}

function partsOf({ state, requestId, status, result }: EndedLine): { response: string; error: string } {
  if (state === 'cancelled') return { response: 'null', error: CANCELLED };
  if (state === 'expired') return { response: 'null', error: EXPIRED };
  if (status === null) return { response: 'null', error: result ?? 'null' };
  const response = `{"status_code":${status},"request_id":${JSON.stringify(requestId)},"body":${result ?? 'null'}}`;
  return { response, error: 'null' };
}
