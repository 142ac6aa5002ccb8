/** The lines of a large batch, in each form in which they can be sent; never all of them in memory. */

const LONGEST_ID = 'stored-50000'.length;
const PIECE_LINES = 200;

/**
 * A line of a size in bytes.
 *
 * @param question lines with the same number ask the same
 */
export function lineOf(customId, question, bytes) {
  const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: '' }], max_tokens: 100 };
  const line = { custom_id: customId, method: 'POST', url: '/v1/chat/completions', body };
  // Of one length for each question, whatever the line is called.
  const rest = bytes - JSON.stringify(line).length + customId.length - LONGEST_ID;
  body.messages[0].content = `question ${question} `.padEnd(rest, 'lorem ipsum dolor ');
  return JSON.stringify(line);
}

/** The questions of the batch: stored ones first, then those that are asked, again and again until there are enough. */
function* questions({ count, cached, duplicates }) {
  const stored = Math.round(count * cached);
  const distinct = Math.max(1, count - stored - Math.round(count * duplicates));
  for (let at = 0; at < count; at += 1) yield at < stored ? at : stored + ((at - stored) % distinct);
}

/** @param between what stands between two lines @param write makes a line's text in the body */
async function* bodyOf(sizes, head, tail, between, write) {
  let [piece, at] = [head, 0];
  for (const question of questions(sizes)) {
    piece += (at === 0 ? '' : between) + write(lineOf(`line-${at}`, question, sizes.bytes));
    at += 1;
    if (at % PIECE_LINES === 0) {
      yield Buffer.from(piece);
      piece = '';
    }
  }
  yield Buffer.from(piece + tail);
}

const inText = (line) => JSON.stringify(line).slice(1, -1);
const WINDOW = '"completion_window":"24h"';
const BOUNDARY = 'bench-of-batches';
const FORM_HEAD = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nbatch\r\n--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="lines.jsonl"\r\n\r\n`;
/** How the lines of a batch are sent: path, content type, and what makes the body, piece by piece. */
export const FORMS = {
  file: [
    '/v1/files',
    `multipart/form-data; boundary=${BOUNDARY}`,
    (sizes) => bodyOf(sizes, FORM_HEAD, `\r\n--${BOUNDARY}--\r\n`, '\n', (line) => line),
  ],
  content: [
    '/v1/batches',
    'application/json',
    (sizes) => bodyOf(sizes, `{${WINDOW},"input_file_content":"`, '"}', '\\n', inText),
  ],
  requests: [
    '/v1/batches',
    'application/json',
    (sizes) => bodyOf(sizes, `{${WINDOW},"requests":[`, ']}', ',', (line) => line),
  ],
};
