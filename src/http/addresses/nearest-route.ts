import { distance } from '@thriftgate/contracts';

/** The pattern of a route, as its parts between slashes; a parameter begins with a colon. */
export interface Pattern {
  readonly segments: readonly string[];
}

/** Longer paths are no misspellings of a route, and comparing them takes time. */
const MAX_COMPARED = 100;
/** How many characters may differ, and which part of the route's words. */
const MAX_DISTANCE = 2;
const MAX_DISTANCE_SHARE = 0.25;

/** Whether a path has the segments of a pattern. */
export function fits(pattern: readonly string[], segments: readonly string[]): boolean {
  if (pattern.length !== segments.length) return false;
  return pattern.every((part, index) => part.startsWith(':') || part === segments[index]);
}

/** The pattern that a path most likely means: the same end behind another prefix, a misspelling, or the same last segment of the same API. */
export function nearestPattern<T extends Pattern>(patterns: readonly T[], segments: readonly string[]): T | undefined {
  return withSameEnd(patterns, segments) ?? misspelt(patterns, segments) ?? withSameLast(patterns, segments);
}

/** `/api/v1/chat/completions` ends like `/v1/chat/completions`; the longest such end counts. */
function withSameEnd<T extends Pattern>(patterns: readonly T[], segments: readonly string[]): T | undefined {
  const ends = ({ segments: pattern }: T) => {
    const end = pattern[0] === 'v1' ? pattern.slice(1) : pattern;
    return fits(end, segments.slice(-end.length)) && end[0]?.startsWith(':') === false;
  };
  return patterns.filter(ends).toSorted((a, b) => b.segments.length - a.segments.length)[0];
}

function misspelt<T extends Pattern>(patterns: readonly T[], segments: readonly string[]): T | undefined {
  const path = segments.join('/');
  if (path.length > MAX_COMPARED) return undefined;
  const compared = patterns
    .filter((pattern) => pattern.segments.length === segments.length)
    .map((pattern) => ({ pattern, distance: distance(path, filled(pattern.segments, segments).join('/')) }))
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = compared;
  return best && best.distance <= allowedDistance(best.pattern.segments) ? best.pattern : undefined;
}

/** Ids are no part of the length: beside a long id every word would be near. */
function allowedDistance(pattern: readonly string[]): number {
  const words = pattern.filter((part) => !part.startsWith(':')).join('/');
  return Math.max(MAX_DISTANCE, words.length * MAX_DISTANCE_SHARE);
}

function withSameLast<T extends Pattern>(patterns: readonly T[], segments: readonly string[]): T | undefined {
  const last = segments.at(-1);
  const ending = patterns.filter((pattern) => pattern.segments.at(-1) === last);
  return ending.find((pattern) => pattern.segments[0] === segments[0]) ?? ending[0];
}

/** The pattern with the path's own ids. */
function filled(pattern: readonly string[], segments: readonly string[]): string[] {
  return pattern.map((part, index) => (part.startsWith(':') ? (segments[index] ?? part) : part));
}
