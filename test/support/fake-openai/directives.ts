/** How one call is to be answered; all optional, an empty object is a healthy answer. */
export interface Directives {
  /** Answers this HTTP error status in OpenAI's shape; below 400, the answer with this status. */
  status?: number;
  /** Adds `Retry-After` (seconds) to an error. */
  retryAfterSeconds?: number;
  /** The failure of this directive set is for the first n calls with the same model and text only (500 where none is named). */
  failFirst?: number;
  /** Wait before the headers. */
  delayMs?: number;
  /** Wait between the headers and the first byte of the body. */
  ttftMs?: number;
  /** Wait between two chunks of a stream. */
  gapMs?: number;
  /** Wait between `[DONE]` and the end of the body. */
  endGapMs?: number;
  /** Destroys the socket after k chunks (the role chunk is the first); a whole answer is cut in its middle. */
  cutAfter?: number;
  /** Sends an error event after k chunks and ends the stream. */
  errorAfter?: number;
  /** Stops sending after k chunks and leaves the socket open. */
  stallAfter?: number;
  /** Leaves `usage` out, of streams and of whole answers; it is billed all the same. */
  noUsage?: boolean;
  /** Tells a stream's usage with its last choice and in no chunk of its own, as DeepSeek and Mistral do. */
  earlyUsage?: boolean;
  /** Writes the JSON of a stream's events on several lines. */
  lines?: boolean;
  /** Ends the stream without `[DONE]`. */
  noDone?: boolean;
  /** Usage that says nothing: `{"prompt_tokens": "many"}`. */
  badUsage?: boolean;
  /** The `finish_reason` of every choice; `none` is null. */
  finish?: string;
  /** The `finish_reason` of the last choice. */
  lastFinish?: string;
  /** Leaves the last choice out. */
  lastMissing?: boolean;
  /** Answers an empty text in every choice, or in the last one. */
  empty?: boolean;
  lastEmpty?: boolean;
  /** Answers a refusal in place of a text, in every choice or in the last one. */
  refuse?: boolean;
  lastRefuses?: boolean;
  /** Calls a function as OpenAI did before there were tools. */
  functionCall?: boolean;
  /** Tells an error beside the choices of a good answer, or within the last choice; of a stream with its end. */
  errorBeside?: boolean;
  errorWithin?: boolean;
  /** Answers a stream that was asked for as a whole. */
  unstreamed?: boolean;
  /** 200 without a body. */
  blank?: boolean;
  /** Answers a text of n words. */
  words?: number;
  /** 200 with an HTML page, as a proxy in between would send. */
  html?: boolean;
  /** Resets the socket before the headers; nothing is billed. */
  reset?: boolean;
  /** Does all the work, bills it, and destroys the socket in place of the answer. */
  lose?: boolean;
  /** Invalid JSON: the body, or one event of the stream. */
  garbage?: boolean;
  /** SSE comments between the chunks. */
  comment?: boolean;
  /** Adds `logprobs`, as a request with `logprobs: true` does. */
  logprobs?: boolean;
  /** `prompt_tokens_details.cached_tokens`. */
  cachedTokens?: number;
  /** `completion_tokens_details.reasoning_tokens`, counted into `completion_tokens`. */
  reasoningTokens?: number;
  /** The answer's text; only by script. */
  text?: string;
  /** Further response headers; only by script. */
  headers?: Record<string, string>;
}

const NUMBERS = {
  status: 'status',
  'retry-after': 'retryAfterSeconds',
  'fail-first': 'failFirst',
  delay: 'delayMs',
  ttft: 'ttftMs',
  gap: 'gapMs',
  'end-gap': 'endGapMs',
  'cut-after': 'cutAfter',
  'error-after': 'errorAfter',
  'stall-after': 'stallAfter',
  words: 'words',
  cached: 'cachedTokens',
  reasoning: 'reasoningTokens',
} as const;

const FLAGS = {
  'no-usage': 'noUsage',
  'early-usage': 'earlyUsage',
  lines: 'lines',
  'no-done': 'noDone',
  'bad-usage': 'badUsage',
  'last-missing': 'lastMissing',
  empty: 'empty',
  'last-empty': 'lastEmpty',
  'last-refuses': 'lastRefuses',
  'function-call': 'functionCall',
  'error-beside': 'errorBeside',
  'error-within': 'errorWithin',
  unstreamed: 'unstreamed',
  blank: 'blank',
  refuse: 'refuse',
  html: 'html',
  reset: 'reset',
  lose: 'lose',
  garbage: 'garbage',
  comment: 'comment',
  logprobs: 'logprobs',
} as const;

const FAILURES = [
  'status',
  'cutAfter',
  'errorAfter',
  'stallAfter',
  'html',
  'reset',
  'lose',
  'garbage',
  'noDone',
] as const;

/**
 * Reads the markers of a prompt, `[[delay=200]] [[status=429 retry-after=1]]`. A pair of brackets with any word in it
 * that is not a directive is text, so that prompts may hold nested JSON arrays and wiki links.
 */
export function parseMarkers(text: string): Directives {
  const directives: Directives = {};
  for (const [, inner = ''] of text.matchAll(/\[\[([^[\]]+)\]\]/g)) {
    const read = inner.trim().split(/\s+/).map(parseWord);
    if (read.every((part) => part !== undefined)) Object.assign(directives, ...read);
  }
  return directives;
}

function parseWord(word: string): Directives | undefined {
  const [name = '', value] = word.split('=', 2);
  if (name === 'finish' && value) return { finish: value };
  if (name === 'last-finish' && value) return { lastFinish: value };
  if (Object.hasOwn(NUMBERS, name) && value && Number.isFinite(Number(value))) {
    return { [NUMBERS[name as keyof typeof NUMBERS]]: Number(value) };
  }
  if (Object.hasOwn(FLAGS, name) && value === undefined) return { [FLAGS[name as keyof typeof FLAGS]]: true };
  return undefined;
}

/** The call that a rule is held against. */
export interface ScriptedCall {
  path: string;
  model: string | undefined;
  /** Text of the last user message, or of an embedding's input. */
  prompt: string;
}

/** Which calls a scripted behaviour is for. Nothing given: the next chat or embedding call. */
export interface ScriptMatch {
  /** Path without query. Without it a rule is for chat completions and embeddings only. */
  path?: string | RegExp;
  model?: string | RegExp;
  prompt?: string | RegExp | ((prompt: string) => boolean);
  /** For how many calls; by default 1, or all of them where a model or a prompt is given. */
  times?: number;
}

const MODEL_PATHS = ['/v1/chat/completions', '/v1/embeddings'];

interface Rule {
  directives: Directives;
  match: ScriptMatch;
  left: number;
}

/** The behaviours set by a test, and the memory that `fail-first` needs. */
export class Script {
  private rules: Rule[] = [];
  private readonly seen = new Map<string, number>();

  /** Rules are asked in the order they were added; returns a function that takes this one back. */
  add(directives: Directives, match: ScriptMatch = {}): () => void {
    const forSome = match.model !== undefined || match.prompt !== undefined;
    const rule = { directives, match, left: match.times ?? (forSome ? Infinity : 1) };
    this.rules.push(rule);
    return () => {
      this.rules = this.rules.filter((other) => other !== rule);
    };
  }

  /** What applies to this call: its markers, with the first matching rule laid over them. Uses the rule up by one. */
  take(call: ScriptedCall): Directives {
    const rule = this.rules.find((candidate) => candidate.left > 0 && matches(candidate.match, call));
    if (rule) rule.left -= 1;
    const directives = { ...parseMarkers(call.prompt), ...rule?.directives };
    return directives.failFirst === undefined ? directives : this.failFirst(call, directives, directives.failFirst);
  }

  reset(): void {
    this.rules = [];
    this.seen.clear();
  }

  private failFirst(call: ScriptedCall, directives: Directives, count: number): Directives {
    const key = JSON.stringify([call.path, call.model, call.prompt]);
    const earlier = this.seen.get(key) ?? 0;
    this.seen.set(key, earlier + 1);
    if (earlier < count)
      return FAILURES.some((name) => name in directives) ? directives : { ...directives, status: 500 };
    const healthy = { ...directives };
    for (const name of FAILURES) delete healthy[name];
    return healthy;
  }
}

function matches(match: ScriptMatch, call: ScriptedCall): boolean {
  if (match.path === undefined ? !MODEL_PATHS.includes(call.path) : !fits(match.path, call.path)) return false;
  if (match.model !== undefined && (call.model === undefined || !fits(match.model, call.model))) return false;
  if (match.prompt === undefined) return true;
  if (typeof match.prompt === 'function') return match.prompt(call.prompt);
  return typeof match.prompt === 'string' ? call.prompt.includes(match.prompt) : match.prompt.test(call.prompt);
}

function fits(expected: string | RegExp, actual: string): boolean {
  return typeof expected === 'string' ? expected === actual : expected.test(actual);
}
