/** What the inputs are for, as vendors name it. */
export interface InputTypeNames {
  readonly document: string;
  readonly query: string;
  readonly classification?: string;
  readonly clustering?: string;
}

/** All vendors' names, so that one request means the same at each of them. */
const MEANINGS: Readonly<Record<string, keyof InputTypeNames>> = {
  document: 'document',
  search_document: 'document',
  passage: 'document',
  retrieval_document: 'document',
  query: 'query',
  search_query: 'query',
  retrieval_query: 'query',
  classification: 'classification',
  clustering: 'clustering',
};

/** The vendor's name for what the caller says; the caller's own word where the vendor has none for it. */
export function inputTypeFor(value: unknown, names: InputTypeNames): unknown {
  const meaning = typeof value === 'string' ? value.toLowerCase() : '';
  return (Object.hasOwn(MEANINGS, meaning) && names[MEANINGS[meaning] ?? 'document']) || value;
}
