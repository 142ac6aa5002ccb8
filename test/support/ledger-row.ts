/** A row as the drain writes it to the database: JSON text in bytes. */
export const toLedgerRow = (row: object): Buffer => Buffer.from(JSON.stringify(row));
