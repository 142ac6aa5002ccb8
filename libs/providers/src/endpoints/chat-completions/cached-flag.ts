import { parseExact, stringifyExact } from '../../exact-json';
import { isRecord } from '../../json-record';

const CLOSING_BRACE = 0x7d;
const OPENING_BRACE = 0x7b;

const CACHED = { true: Buffer.from('"cached":true}'), false: Buffer.from('"cached":false}') };
const MEMBER = '"cached"';
const COMMA = Buffer.from(',');

/**
 * Appends the member `cached` to a JSON object without parsing it, unless it may have one of the upstream's. The result is not allocated in Node's shared pool: the
 * cache may hold it for long, and would keep the whole pool in memory.
 */
export function withCached(reply: Buffer, cached: boolean): Buffer {
  let json = reply;
  if (json.includes(MEMBER)) json = withoutCached(json);
  const end = json.lastIndexOf(CLOSING_BRACE);
  const head = json.subarray(0, end);
  const member = CACHED[`${cached}`];
  const comma = isEmptyObject(head) ? 0 : COMMA.length;
  const spliced = Buffer.allocUnsafeSlow(end + comma + member.length);
  head.copy(spliced);
  if (comma > 0) COMMA.copy(spliced, end);
  member.copy(spliced, end + comma);
  return spliced;
}

function withoutCached(json: Buffer): Buffer {
  const reply = parseExact(json.toString('utf8'));
  if (!isRecord(reply) || !('cached' in reply)) return json;
  const { cached: _cached, ...rest } = reply;
  return Buffer.from(String(stringifyExact(rest)));
}

function isEmptyObject(head: Buffer): boolean {
  let last = head.length - 1;
  while (last >= 0 && (head[last] ?? 0) <= 0x20) last -= 1;
  return head[last] === OPENING_BRACE && head.subarray(0, last).toString('latin1').trim() === '';
}
