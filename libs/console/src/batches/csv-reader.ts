/** A row of a CSV file, with the number of the line on which it begins. */
export interface CsvRow {
  line: number;
  cells: string[];
}

/** The rows of a CSV text that comes in pieces, as RFC 4180 has them: quoted cells may have commas, quotes and line ends. */
export async function* csvRows(pieces: AsyncIterable<string>): AsyncGenerator<CsvRow, void, undefined> {
  const state = new RowState();
  for await (const piece of pieces) yield* state.read(piece);
  yield* state.end();
}

class RowState {
  private cells: string[] = [];
  private cell = '';
  /** Within quotes; `closed` after a quote that may be the first of two. */
  private quotes: 'none' | 'open' | 'closed' = 'none';
  private line = 1;
  private startedAt = 1;

  *read(piece: string): Generator<CsvRow, void, undefined> {
    for (const sign of piece) {
      if (this.quotes === 'open') {
        if (sign === '"') this.quotes = 'closed';
        else this.cell += sign;
        if (sign === '\n') this.line += 1;
      } else if (sign === '"' && this.quotes === 'closed') {
        this.cell += '"';
        this.quotes = 'open';
      } else if (sign === '"' && this.cell === '') this.quotes = 'open';
      else if (sign === ',') this.endCell();
      else if (sign === '\n') yield* this.endRow();
      else if (sign !== '\r') this.cell += sign;
    }
  }

  *end(): Generator<CsvRow, void, undefined> {
    if (this.cell !== '' || this.cells.length > 0) yield* this.endRow();
  }

  private endCell(): void {
    this.cells.push(this.cell);
    this.cell = '';
    this.quotes = 'none';
  }

  private *endRow(): Generator<CsvRow, void, undefined> {
    this.endCell();
    const { cells, startedAt } = this;
    this.line += 1;
    this.startedAt = this.line;
    this.cells = [];
    // An empty line is no row.
    if (cells.length > 1 || cells[0] !== '') yield { line: startedAt, cells };
  }
}
