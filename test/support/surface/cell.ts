import { type Combination, everyCombination } from './combinations';

/** The dimensions of a chat call that affect its cost. */
export const SURFACE = {
  endpoint: ['json', 'stream', 'batch'],
  cache: ['miss', 'hit', 'refresh', 'bypass'],
  upstream: [
    'whole',
    'prompt_cache',
    'no_usage',
    'retried',
    'limited',
    'fallback',
    'refused',
    'down',
    'cut',
    'error_event',
    'lost',
    'garbage',
  ],
  client: ['stays', 'leaves_before', 'leaves_within'],
  budget: ['none', 'block', 'used_up', 'warn', 'downgrade'],
  idempotency: ['none', 'key', 'repeated'],
} as const;

export type Cell = Combination<typeof SURFACE>;

/** The markers for the upstream. A batch line retries a 502, so only the first attempt fails. */
const MARKERS: Record<Cell['upstream'], string> = {
  whole: '',
  prompt_cache: '[[cached=4 reasoning=3]]',
  no_usage: '[[no-usage]]',
  retried: '[[fail-first=1 status=500]]',
  limited: '[[fail-first=1 status=429 retry-after=1]]',
  fallback: '',
  refused: '[[status=400]]',
  down: '[[status=500]]',
  cut: '[[fail-first=1 cut-after=4]]',
  error_event: '[[fail-first=1 error-after=4]]',
  lost: '[[fail-first=1 lose]]',
  garbage: '[[fail-first=1 garbage]]',
};
/** Text that only the first deployment refuses. */
export const AT_FIRST_DEPLOYMENT = 'only the second deployment';

export function promptOf(cell: Cell, name: string): string {
  const pace = cell.client === 'leaves_before' ? '[[delay=500]]' : '';
  const slow = cell.client === 'leaves_within' ? '[[words=30 gap=20 ttft=400]]' : '';
  const elsewhere = cell.upstream === 'fallback' ? AT_FIRST_DEPLOYMENT : '';
  return `${name} of what can be called, with a few words more ${elsewhere} ${MARKERS[cell.upstream]}${pace}${slow}`;
}

const WITH_LEAVING: Cell['upstream'][] = ['whole', 'prompt_cache', 'no_usage'];
const STORED: Cell['upstream'][] = ['whole', 'prompt_cache'];

/** Whether the combination is possible. */
function canBe({ endpoint, cache, upstream, client, budget }: Cell): boolean {
  // A hit calls no upstream, so the upstream does not vary, and no client can disconnect early.
  if (cache === 'hit' && (!STORED.includes(upstream) || client !== 'stays')) return false;
  if (upstream === 'error_event' && endpoint !== 'stream') return false;
  // A batch is cancelled instead of disconnected, and its running lines end.
  if (endpoint === 'batch' && client === 'leaves_within') return false;
  if (client !== 'stays' && !WITH_LEAVING.includes(upstream)) return false;
  // Without money nothing is called.
  return budget !== 'used_up' || (upstream === 'whole' && client === 'stays');
}

export const EVERY_CELL: Cell[] = everyCombination(SURFACE, canBe);

/** Whether the gateway may not know the vendor's charge for an attempt. */
export function mayBeEstimated({ upstream, client }: Cell): boolean {
  return client !== 'stays' || ['no_usage', 'cut', 'error_event', 'lost', 'garbage'].includes(upstream);
}
