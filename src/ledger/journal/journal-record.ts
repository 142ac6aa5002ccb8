import { crc32 } from 'node:zlib';

/** One line of the journal: which row of the ledger, whether it is final, and the row itself as JSON text. */
export interface JournalRecord {
  /** `request id.attempt`, the key of the row. */
  key: string;
  json: Buffer;
}

const CRC_DIGITS = 8;
const SPACE = 0x20;
const EPOCH = Buffer.from(',"epoch":"');
const OWNER = Buffer.from(',"owner":"');

/** `crc32 key json\n`. The checksum tells a line that was torn by a full disk or a power failure from a whole one. */
export function encodeRecord(key: string, json: string): string {
  const content = `${key} ${json}`;
  return `${crc32(content).toString(16).padStart(CRC_DIGITS, '0')} ${content}\n`;
}

/**
 * Reads a line without its end. The row is left in the line's bytes: it goes on to the database as it is.
 *
 * @returns undefined for a line that is not whole
 */
export function decodeRecord(line: Buffer): JournalRecord | undefined {
  const content = line.subarray(CRC_DIGITS + 1);
  const space = content.indexOf(SPACE);
  if (space < 0 || Number.parseInt(line.toString('latin1', 0, CRC_DIGITS), 16) !== crc32(content)) return undefined;
  return { key: content.toString('latin1', 0, space), json: content.subarray(space + 1) };
}

/** Whether an instance is of a version whose records name an epoch in place of an owner. */
export function namesEpoch(instanceId: string): boolean {
  return instanceId.startsWith('epoch_');
}

/** Makes the epoch of a record its owner, in the bytes themselves: the words are of one length. Within a text the quotes would be escaped. */
export function renameEpoch({ json }: JournalRecord): void {
  const at = json.indexOf(EPOCH);
  if (at >= 0) OWNER.copy(json, at);
}
