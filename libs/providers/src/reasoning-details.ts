import { isRecord, nonEmptyString, type JsonRecord } from './json-record';

/** Members of a reasoning detail that come in pieces. */
const DETAIL_TEXTS = new Set(['text', 'summary', 'data']);
/** Among so many last details is the one that a piece continues. */
const OPEN_DETAILS = 16;

/**
 * Appends pieces of reasoning details to the details with their index, type and id. Returns the same list.
 *
 * @see https://openrouter.ai/docs/use-cases/reasoning-tokens#streaming-response
 */
export function mergeDetails(details: unknown[], pieces: unknown[]): unknown[] {
  for (const piece of pieces) {
    const known = isRecord(piece)
      ? details.slice(-OPEN_DETAILS).findLast((detail) => isRecord(detail) && continuesDetail(detail, piece))
      : undefined;
    if (!isRecord(piece) || !isRecord(known)) details.push(piece);
    else {
      for (const [name, value] of Object.entries(piece)) {
        if (DETAIL_TEXTS.has(name) && typeof value === 'string' && typeof known[name] === 'string')
          known[name] += value;
        else if (value !== null && value !== '') known[name] = value;
      }
    }
  }
  return details;
}

function continuesDetail(known: JsonRecord, piece: JsonRecord): boolean {
  const [id, nextId] = [nonEmptyString(known.id), nonEmptyString(piece.id)];
  const isSame = id === undefined || nextId === undefined || id === nextId;
  return known.type === piece.type && known.index === piece.index && isSame;
}
