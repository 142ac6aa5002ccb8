import { load } from './load-typescript.mjs';
import { cell, table } from './markdown.mjs';

const MIB = 1024 * 1024;
const MB = 1_000_000;

/** What each vendor's batches take, and what they cost. */
export function batchesTable() {
  const { VENDORS } = load('libs/providers/src/vendors.ts');
  const rows = Object.values(VENDORS).flatMap(({ label, api: { batches } }) => {
    if (!batches) return [];
    const { limits, discount, embeddings } = batches;
    const inputs = limits.inputs ? `${count(limits.inputs)} inputs` : 'yes';
    return [
      [
        cell(label),
        count(limits.lines),
        size(limits.bytes),
        embeddings ? inputs : 'live',
        `${discount.millionths / 10_000} %`,
        discount.stacks ? 'both discounts' : 'as other input',
      ],
    ];
  });
  const head = ['vendor', 'lines', 'size', 'embeddings', 'of the list price', 'cached input'];
  return table(head, rows);
}

const count = (number) => number.toLocaleString('en-US');
const size = (bytes) => (bytes % MIB === 0 ? `${count(bytes / MIB)} MiB` : `${count(bytes / MB)} MB`);
