/**
 * Vectors as they are stored and passed on inside the gateway: the JSON that the vendor wrote, without white space. A vector is
 * a list of numbers, or a text with its float32 values in base64. Nothing rounds or scales a value.
 *
 * A list of vectors is a JSON array in which each one has a line of its own, so that it is divided without being parsed.
 */

const BETWEEN = ',\n';
const QUOTE = 0x22;
const BYTES_PER_VALUE = 4;

/** A JSON array of vectors. */
export function gatherVectors(vectors: readonly (string | Buffer)[]): Buffer {
  const pieces: Buffer[] = [];
  for (const [index, vector] of vectors.entries()) {
    pieces.push(Buffer.from(index === 0 ? '[' : BETWEEN), typeof vector === 'string' ? Buffer.from(vector) : vector);
  }
  return Buffer.concat([...pieces, Buffer.from(vectors.length === 0 ? '[]' : ']')]);
}

/** The vectors of what {@link gatherVectors} wrote. They share its memory. */
export function divideVectors(list: Buffer): Buffer[] {
  const vectors: Buffer[] = [];
  const end = list.length - 1;
  for (let start = 1; start < end;) {
    const next = list.indexOf(BETWEEN, start);
    const stop = next < 0 ? end : next;
    vectors.push(list.subarray(start, stop));
    start = stop + BETWEEN.length;
  }
  return vectors;
}

/** A vector as JSON: a text in base64 of float32 values, little end first. @see https://platform.openai.com/docs/api-reference/embeddings/create#embeddings-create-encoding_format */
export function asBase64(vector: Buffer): string {
  if (vector[0] === QUOTE) return vector.toString('latin1');
  const values = JSON.parse(vector.toString('latin1')) as number[];
  const bytes = Buffer.allocUnsafe(values.length * BYTES_PER_VALUE);
  for (let at = 0; at < values.length; at += 1) bytes.writeFloatLE(values[at] ?? 0, at * BYTES_PER_VALUE);
  return `"${bytes.toString('base64')}"`;
}

/** A vector as JSON: a list of numbers. Those of a float32 are written with all digits that it has as a double. */
export function asNumbers(vector: Buffer): string {
  if (vector[0] !== QUOTE) return vector.toString('latin1');
  const bytes = Buffer.from(vector.toString('latin1', 1, vector.length - 1), 'base64');
  const values: string[] = [];
  for (let at = 0; at + BYTES_PER_VALUE <= bytes.length; at += BYTES_PER_VALUE)
    values.push(numberAsJson(bytes.readFloatLE(at)));
  return `[${values.join(',')}]`;
}

/** With the sign of a zero, which `JSON.stringify` leaves out. */
function numberAsJson(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  return Number.isFinite(value) ? String(value) : 'null';
}
