import { Decimal, isEqual, toFraction } from './json-text.mjs';

const MOST = 5n;

/** What differs between two catalogues: `{ kind, text, before, after }`, in the order of the models' names. */
export function changesOf(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((name) => {
    const [old, now] = [before[name], after[name]];
    if (!old) return [{ kind: 'added', text: `added    ${name}` }];
    if (!now) return [{ kind: 'vanished', text: `vanished ${name}` }];
    return rowChanges(name, old, now);
  });
}

function rowChanges(name, old, now) {
  const members = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((member) => member.includes('cost'));
  return members.toSorted().flatMap((member) => {
    const [was, is] = [old[member], now[member]];
    if (!(was instanceof Decimal) && !(is instanceof Decimal)) return [];
    if (was && is && isEqual(was, is)) return [];
    const text = `changed  ${name} ${member}: ${was?.text ?? 'none'} → ${is?.text ?? 'none'}`;
    return [{ kind: 'changed', text, before: was, after: is }];
  });
}

/** Whether somebody has to look: a model vanished, or a price moved more than five times. */
export function isSuspicious({ kind, before, after }) {
  if (kind !== 'changed') return kind === 'vanished';
  if (!before || !after) return false;
  const [[x, over], [y, under]] = [toFraction(before), toFraction(after)];
  const [was, is] = [x * under, y * over];
  if (was === 0n || is === 0n) return was !== is;
  return is > was * MOST || was > is * MOST;
}
