/** The most pages that any vendor reads of one file. */
export const MAX_PDF_PAGES = 1_000;
/** Longer files are not looked into. */
const MAX_SCANNED_BYTES = 4 * 1024 * 1024;
/** So many marks are looked at. */
const MAX_MARKS = 20_000;
/** A page of compressed text is rarely shorter. */
const BYTES_PER_PAGE = 3_000;

const LETTER = /[a-z]/i;

/**
 * About how many pages a PDF has, rather too many than too few: those that it shows, or the count of its page tree. Files whose
 * pages are in compressed objects have as many as their length allows.
 *
 * @param length about its length, in bytes
 */
export function pdfPages(length: number, read: () => Buffer): number {
  const ofLength = Math.ceil(length / BYTES_PER_PAGE);
  const shown = length > MAX_SCANNED_BYTES ? 0 : shownPages(read());
  return Math.min(shown === 0 ? ofLength : shown, MAX_PDF_PAGES);
}

/** How many pages a PDF shows without being unpacked; 0 where its tree of pages may be packed. */
function shownPages(pdf: Buffer): number {
  const pages = marks(pdf, '/Page').filter((at) => isOfType(pdf, at) && !LETTER.test(textAt(pdf, at + 5, 1))).length;
  const hasTree = pdf.includes('/Pages');
  if (pdf.includes('/ObjStm') && !hasTree) return 0;
  const counts = hasTree ? marks(pdf, '/Count').map((at) => parseInt(textAt(pdf, at + 6, 12), 10) || 0) : [];
  return counts.reduce((most, count) => Math.max(most, count), pages);
}

/** Whether a name is the type of an object. */
function isOfType(pdf: Buffer, at: number): boolean {
  return textAt(pdf, Math.max(0, at - 12), Math.min(12, at))
    .trimEnd()
    .endsWith('/Type');
}

/** Where a name stands, as often as is looked at. */
function marks(pdf: Buffer, name: string): number[] {
  const found: number[] = [];
  for (let at = pdf.indexOf(name); at !== -1 && found.length < MAX_MARKS; at = pdf.indexOf(name, at + 1))
    found.push(at);
  return found;
}

function textAt(pdf: Buffer, start: number, length: number): string {
  return pdf.toString('latin1', start, start + length);
}
