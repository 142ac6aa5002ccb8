import { decodeRecord, type JournalRecord } from './journal-record';

const NEWLINE = 0x0a;
/** The end of a line that a full or broken disk cut off: its call was refused. */
export const CUT_OFF = ' (cut off)\n';
const CUT_OFF_BYTES = Buffer.from(CUT_OFF.trimEnd());
/** How a line begins: checksum, request id, attempt. */
const START = /[0-9a-f]{8} \w+\.\d+ /g;

/** How many ends are tried for a start; a text within a row may look like the start of a line. */
const MOST_ENDS = 8;

/** What a piece of a segment says. */
export interface JournalLines {
  records: JournalRecord[];
  /** The bytes of the lines that are not what was written, without their ends. */
  damaged: Buffer[];
}

/**
 * Reads whole lines. Of damaged lines that run into each other, because the end of one is damaged, those are read whose own
 * bytes are whole. The probes of a failed disk are empty lines.
 */
export function readLines(bytes: Buffer): JournalLines {
  const records: JournalRecord[] = [];
  const damaged: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    const record = decodeRecord(line);
    if (record) records.push(record);
    else if (line.length > 0 && !isCutOff(line)) salvage(line, records, damaged);
    start = end + 1;
  }
  return { records, damaged };
}

function isCutOff(line: Buffer): boolean {
  return line.subarray(-CUT_OFF_BYTES.length).equals(CUT_OFF_BYTES);
}

/** Reads the records within a damaged line. Each lies between two starts of lines, without the byte that was its end. */
function salvage(line: Buffer, records: JournalRecord[], damaged: Buffer[]): void {
  const starts = [...line.toString('latin1').matchAll(START)].map(({ index }) => index);
  const ends = [...starts.map((start) => start - 1), line.length - 1, line.length];
  let rest = 0;
  for (const [number, start] of starts.entries()) {
    if (start < rest) continue;
    const near = ends.slice(number + 1, number + 1 + MOST_ENDS);
    const end = near.find((each) => decodeRecord(line.subarray(start, each)) !== undefined);
    if (end === undefined) continue;
    records.push(decodeRecord(line.subarray(start, end)) as JournalRecord);
    if (start - rest > 1) damaged.push(line.subarray(rest, start));
    rest = end;
  }
  const tail = rest === 0 ? line : line.subarray(rest + 1);
  if (tail.length > 0) damaged.push(tail);
}
