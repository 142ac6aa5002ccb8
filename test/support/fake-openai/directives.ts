/** How the fake responds to a call. All members are optional; an empty object means a normal response. */
export interface Directives {
  /** Sends an error with this HTTP status in OpenAI's shape; below 400, the normal response with this status. */
  status?: number;
  /** The `code` of an error; only in scripts. */
  errorCode?: string;
  /** Adds `Retry-After` (seconds) to an error. */
  retryAfterSeconds?: number;
  /** Only the first n calls with the same model and text fail as these directives define (with 500 by default). */
  failFirst?: number;
  /** Wait before the headers. */
  delayMs?: number;
  /** Wait between the headers and the first byte of the body. */
  ttftMs?: number;
  /** Wait between two chunks of a stream. */
  gapMs?: number;
  /** Wait between `[DONE]` and the end of the body. */
  endGapMs?: number;
  /** Destroys the socket after k chunks (the role chunk is the first); a JSON response is cut in its middle. */
  cutAfter?: number;
  /** Sends an error event after k chunks and ends the stream. */
  errorAfter?: number;
  /** Stops sending after k chunks and leaves the socket open. */
  stallAfter?: number;
  /** Omits `usage` from streams and JSON responses; the call is billed all the same. */
  noUsage?: boolean;
  /** Sends a stream's usage with its last choice and not in a separate chunk, as DeepSeek and Mistral do. */
  earlyUsage?: boolean;
  /** Writes the JSON of a stream's events on several lines. */
  lines?: boolean;
  /** Ends the stream without `[DONE]`. */
  noDone?: boolean;
  /** Sends invalid usage: `{"prompt_tokens": "many"}`. */
  badUsage?: boolean;
  /** The `finish_reason` of every choice; `none` is null. */
  finish?: string;
  /** The `finish_reason` of the last choice. */
  lastFinish?: string;
  /** Omits the last choice. */
  lastMissing?: boolean;
  /** Sends an empty text in every choice, or in the last one. */
  empty?: boolean;
  lastEmpty?: boolean;
  /** Sends a refusal instead of a text, in every choice or in the last one. */
  refuse?: boolean;
  lastRefuses?: boolean;
  /** Sends a `function_call`, the predecessor of tool calls. */
  functionCall?: boolean;
  /** Sends an error beside the choices of a normal response, or within the last choice; in a stream, at its end. */
  errorBeside?: boolean;
  errorWithin?: boolean;
  /** Sends a JSON response to a request for a stream. */
  unstreamed?: boolean;
  /** 200 without a body. */
  blank?: boolean;
  /** Sends a text of n words. */
  words?: number;
  /** 200 with an HTML page, as a proxy in front of the vendor would send. */
  html?: boolean;
  /** Resets the socket before the headers; nothing is billed. */
  reset?: boolean;
  /** Bills the whole response, and destroys the socket instead of sending it. */
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
  /** The text of the response; only in scripts. */
  text?: string;
  /** Additional response headers; only in scripts. */
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
 * Reads the markers of a prompt, `[[delay=200]] [[status=429 retry-after=1]]`. Brackets with a word
 * that is not a directive are text, so that prompts may contain nested JSON arrays and wiki links.
 */
export function parseMarkers(text: string): Directives {
  const directives: Directives = {};
  for (const [, inner = ''] of text.matchAll(/\[\[([^[\]]+)\]\]/g)) {
    const read = inner.trim().split(/\s+/).map(parseWord);
    if (read.every((part) => part !== undefined)) Object.assign(directives, ...read);
  }
  return directives;
}

/** Reads the header `x-fake: status=429 retry-after=1`, with the words of the markers. @throws Error for any other word */
export function parseHeader(header: string | string[] | undefined): Directives {
  const words = [header ?? []].flat().join(' ').split(/\s+/).filter(Boolean);
  const read = words.map((word) => {
    const directive = parseWord(word);
    if (!directive) throw new Error(`x-fake: no such word: ${word}`);
    return directive;
  });
  return Object.assign({}, ...read) as Directives;
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

/** The call that a rule is matched against. */
export interface ScriptedCall {
  path: string;
  model: string | undefined;
  /** Text of the last user message, or of an embedding's input. */
  prompt: string;
  /** Of the request. */
  tier?: string | undefined;
}

/** The calls to which a script applies. By default the next chat or embedding call. */
export interface ScriptMatch {
  /** Path without query. Without it a rule applies only to chat completions and embeddings. */
  path?: string | RegExp;
  model?: string | RegExp;
  prompt?: string | RegExp | ((prompt: string) => boolean);
  /** The service tier that the request asks for. */
  tier?: string;
  /** The number of calls; by default 1, or all if a model or a prompt is given. */
  times?: number;
}

const MODEL_PATHS = ['/v1/chat/completions', '/v1/embeddings'];

interface Rule {
  directives: Directives;
  match: ScriptMatch;
  left: number;
}

/** The scripts of a test, and the counts for `fail-first`. */
export class Script {
  private rules: Rule[] = [];
  private readonly seen = new Map<string, number>();

  /** @param paths where a rule without a path applies */
  constructor(private readonly paths: readonly string[] = MODEL_PATHS) {}

  /** Adds a rule; rules are tried in the order of their addition. @returns a function that removes the rule */
  add(directives: Directives, match: ScriptMatch = {}): () => void {
    const forSome = match.model !== undefined || match.prompt !== undefined;
    const rule = { directives, match, left: match.times ?? (forSome ? Infinity : 1) };
    this.rules.push(rule);
    return () => {
      this.rules = this.rules.filter((other) => other !== rule);
    };
  }

  /** The directives of a call: its markers, overridden by the first matching rule. Counts one use of the rule. */
  take(call: ScriptedCall): Directives {
    const rule = this.rules.find(({ left, match }) => left > 0 && matches(match, call, this.paths));
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

function matches(match: ScriptMatch, call: ScriptedCall, paths: readonly string[]): boolean {
  if (match.path === undefined ? !paths.includes(call.path) : !fits(match.path, call.path)) return false;
  if (match.model !== undefined && (call.model === undefined || !fits(match.model, call.model))) return false;
  if (match.tier !== undefined && match.tier !== call.tier) return false;
  if (match.prompt === undefined) return true;
  if (typeof match.prompt === 'function') return match.prompt(call.prompt);
  return typeof match.prompt === 'string' ? call.prompt.includes(match.prompt) : match.prompt.test(call.prompt);
}

function fits(expected: string | RegExp, actual: string): boolean {
  return typeof expected === 'string' ? expected === actual : expected.test(actual);
}
