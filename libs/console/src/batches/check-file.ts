import { type ColumnTemplate, lineOf, missingColumns } from './csv-lines';
import { csvRows } from './csv-reader';
import { type BatchEndpoint, LineChecker, type LineReport, MAX_LINES } from './line-check';
import { linesOf, textOf } from './text-lines';

/** How far the reading of a file is. */
export interface CheckProgress {
  /** 0 to 1. */
  share: number;
  report: LineReport;
}

export interface CheckedFile {
  report: LineReport;
  /** What is uploaded: the file itself, or the lines that were made of its rows. */
  lines: Blob;
}

interface CheckOptions {
  endpoint: BatchEndpoint;
  signal: AbortSignal;
  onProgress: (progress: CheckProgress) => void;
}

/** Reads a JSONL file to its end and checks each line; the file is never held as a whole. @throws DOMException if stopped */
export async function checkJsonl(file: File, { endpoint, signal, onProgress }: CheckOptions): Promise<CheckedFile> {
  const checker = new LineChecker(endpoint);
  const onBytes = progressOf(file, checker.report, onProgress, signal);
  let number = 0;
  for await (const text of linesOf(textOf(file, onBytes))) {
    number += 1;
    checker.add(text, number);
    if (checker.report.lines > MAX_LINES) break;
  }
  return { report: { ...checker.report }, lines: file };
}

/** Reads a CSV file, makes a line of each row by a template, and checks it. Faults have the line numbers of the CSV file. */
export async function checkCsv(file: File, template: ColumnTemplate, options: CheckOptions): Promise<CheckedFile> {
  const checker = new LineChecker(options.endpoint);
  const onBytes = progressOf(file, checker.report, options.onProgress, options.signal);
  const gathered = new LineBlob();
  let header: string[] | undefined;
  let number = 0;
  for await (const { line, cells } of csvRows(textOf(file, onBytes))) {
    if (!header) {
      header = cells.map((cell) => cell.trim());
      const missing = missingColumns(template, header);
      if (missing.length > 0) checker.fault(line, 'columns', missing.join(', '));
      continue;
    }
    number += 1;
    const text = lineOf(template, header, cells, number);
    checker.add(text, line);
    gathered.add(text);
    if (checker.report.lines > MAX_LINES) break;
  }
  return { report: { ...checker.report }, lines: gathered.blob() };
}

/** The names in the first row of a CSV file. */
export async function csvHeader(file: File): Promise<string[]> {
  for await (const { cells } of csvRows(textOf(file.slice(0, HEADER_BYTES), () => {})))
    return cells.map((cell) => cell.trim());
  return [];
}

const HEADER_BYTES = 65_536;
const CHUNK_CHARACTERS = 1_000_000;

/** Lines in chunks that the browser may keep outside of memory. */
class LineBlob {
  private readonly chunks: Blob[] = [];
  private lines: string[] = [];
  private size = 0;

  add(line: string): void {
    this.lines.push(line);
    this.size += line.length;
    if (this.size >= CHUNK_CHARACTERS) this.cut();
  }

  blob(): Blob {
    this.cut();
    return new Blob(this.chunks);
  }

  private cut(): void {
    if (this.lines.length > 0) this.chunks.push(new Blob([`${this.lines.join('\n')}\n`]));
    [this.lines, this.size] = [[], 0];
  }
}

function progressOf(
  file: File,
  report: LineReport,
  onProgress: CheckOptions['onProgress'],
  signal: AbortSignal,
): (bytes: number) => void {
  return (bytes) => {
    signal.throwIfAborted();
    onProgress({ share: file.size === 0 ? 1 : bytes / file.size, report: { ...report, faults: [...report.faults] } });
  };
}
