import type { ReactNode } from 'react';

/** A column of a {@link DataTable}. */
export interface DataColumn<Row> {
  id: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Makes the column sortable by this value; decimal texts are compared exactly with `compare`. */
  sortBy?: (row: Row) => string | number;
  /** For values that neither numbers nor the alphabet order, as decimal texts. */
  compare?: (left: string, right: string) => number;
  /** Aligned to the right, with figures of one width. */
  isNumber?: boolean;
  /** Sentences or ids, which need more room than a name. */
  isLong?: boolean;
  /** The cell of the row of totals. */
  total?: ReactNode;
}
