import { type Combination, everyCombination } from '../surface/combinations';

/** Responses of an upstream, and the markers that cause them. Normal responses may be stored. */
const WELL = {
  whole: '',
  with_comments: '[[comment]]',
  with_reasoning: '[[reasoning=3 cached=2]]',
  with_logprobs: '[[logprobs]]',
  after_a_failure: '[[fail-first=1 status=500]]',
  after_a_cut: '[[fail-first=1 reset]]',
};
/** Complete responses in a form that OpenAI does not send; they may be stored too (R01). */
const OTHERWISE = {
  unstreamed: '[[unstreamed]]',
  no_done: '[[words=4 no-done]]',
  status_201: '[[status=201]]',
  status_203: '[[status=203]]',
};
const BADLY = {
  status_202: '[[status=202]]',
  status_206: '[[status=206]]',
  status_302: '[[status=302]]',
  status_400: '[[status=400]]',
  status_401: '[[status=401]]',
  status_403: '[[status=403]]',
  status_404: '[[status=404]]',
  status_408: '[[status=408]]',
  status_409: '[[status=409]]',
  status_413: '[[status=413]]',
  status_422: '[[status=422]]',
  status_429: '[[status=429 retry-after=30]]',
  status_500: '[[status=500]]',
  status_503: '[[status=503]]',
  status_529: '[[status=529]]',
  page: '[[html]]',
  blank: '[[blank]]',
  garbage: '[[garbage words=6]]',
  lost: '[[lose]]',
  reset: '[[reset]]',
  length: '[[finish=length]]',
  content_filter: '[[finish=content_filter]]',
  no_finish: '[[finish=none]]',
  unknown_finish: '[[finish=insufficient_system_resource]]',
  error_finish: '[[finish=error]]',
  tools_finish: '[[finish=tool_calls]]',
  refusal: '[[refuse]]',
  function_call: '[[function-call]]',
  function_call_stopped: '[[function-call finish=stop]]',
  empty: '[[empty]]',
  no_usage: '[[no-usage]]',
  bad_usage: '[[bad-usage]]',
  error_beside: '[[error-beside]]',
  error_within: '[[error-within]]',
  // The events of a stream: role, four words, finish, usage and the end mark.
  cut_at_once: '[[words=4 cut-after=0]]',
  cut_after_role: '[[words=4 cut-after=1]]',
  cut_in_text: '[[words=4 cut-after=3]]',
  cut_after_text: '[[words=4 cut-after=5]]',
  cut_after_finish: '[[words=4 cut-after=6]]',
  cut_after_usage: '[[words=4 cut-after=7]]',
  error_at_once: '[[words=4 error-after=0]]',
  error_in_text: '[[words=4 error-after=3]]',
  error_after_finish: '[[words=4 error-after=6]]',
  error_after_usage: '[[words=4 error-after=7]]',
};
/** One of several choices is faulty. */
const ONE_BAD = {
  one_length: '[[last-finish=length]]',
  one_filtered: '[[last-finish=content_filter]]',
  one_unfinished: '[[last-finish=none]]',
  one_missing: '[[last-missing]]',
  one_empty: '[[last-empty]]',
  one_refused: '[[last-refuses]]',
  one_error: '[[error-within]]',
};
const MARKERS: Record<string, string> = { ...WELL, ...OTHERWISE, ...BADLY, ...ONE_BAD };

/** The dimensions of a response that decide whether it is stored. */
const MATRIX = {
  form: ['json', 'stream'],
  upstream: Object.keys(MARKERS),
  choices: ['1', '3'],
  /** The responding deployment: the first, or another one with the same model or another model. */
  answeredBy: ['first', 'same_model', 'other_model'],
  tools: ['none', 'called', 'called_and_kept'],
  control: ['none', 'no-cache', 'no-store', 'no-store header', 'use_cache', 'max-age'],
  client: ['stays', 'leaves_before', 'leaves_within'],
} as const;

export type Cell = Combination<typeof MATRIX>;

const STREAM_ONLY = /^(unstreamed|no_done|error_(at_once|in_text|after).*|cut_(after|in).*)$/;
const WITH_TOOLS =
  /^(whole|length|content_filter|no_finish|no_usage|refusal|error_beside|error_within|cut_in_text|no_done)$/;

function canBe({ form, upstream, choices, answeredBy, tools, control, client }: Cell): boolean {
  const well = Object.hasOwn(WELL, upstream);
  if (form === 'json' && STREAM_ONLY.test(upstream)) return false;
  if (choices === '1' && Object.hasOwn(ONE_BAD, upstream)) return false;
  // Each of these varies only over responses that would otherwise be stored.
  if (control !== 'none' && (!well || choices !== '1')) return false;
  if (client !== 'stays' && (upstream !== 'whole' || control !== 'none' || tools !== 'none')) return false;
  if (tools !== 'none' && (!WITH_TOOLS.test(upstream) || control !== 'none')) return false;
  // A call that fails once at the first deployment succeeds at its second attempt there.
  if (upstream.startsWith('after_') && answeredBy !== 'first') return false;
  return !(choices === '3' && answeredBy !== 'first' && !well);
}

export const EVERY_CELL: Cell[] = everyCombination(MATRIX, canBe);

/** Whether the response may be stored: by the requirements, not by the code under test. */
export function mayBeStored({ upstream, answeredBy, tools, control, client }: Cell): boolean {
  if (!Object.hasOwn({ ...WELL, ...OTHERWISE }, upstream) || client !== 'stays') return false;
  if (answeredBy === 'other_model' || tools === 'called') return false;
  return control === 'none' || control === 'no-cache' || control === 'max-age';
}

/** Text that the first deployment refuses. */
export const NOT_AT_FIRST = 'not at the first one';

/** A stream that its client leaves goes on for longer than the gateway reads on: else it is whole, and stored (ADR 0016). */
export function promptOf({ upstream, answeredBy, tools, client }: Cell, name: string): string {
  const pace = { stays: '', leaves_before: '[[delay=700]]', leaves_within: '[[words=60 gap=100 ttft=300]]' }[client];
  const calling = tools === 'none' ? '' : 'call tools';
  const elsewhere = answeredBy === 'first' ? '' : NOT_AT_FIRST;
  return `${name} of the matrix ${calling} ${elsewhere} ${MARKERS[upstream]}${pace}`;
}

/** The model in the test's `gateway.yaml`. */
export function modelOf({ answeredBy, tools }: Cell): string {
  return `gate-${answeredBy}${tools === 'called_and_kept' ? '-keeper' : ''}`.replaceAll('_', '-');
}
