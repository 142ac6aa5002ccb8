const API = '/v1';
const AZURE = '/openai';
const MODELS = '/v1/models/';
/** The pages of the documentation have relative links, which depend on the slash at the end. */
const AS_SENT = /^(?!\/)|^\/+docs(\/|$)/;

/**
 * The URL of a route for a URL as clients write it: base URLs often lack `/v1`, have it twice, or end in a slash. Azure's
 * clients put `/openai` before it.
 *
 * @param resources the first segments of the paths under `/v1`, as `models`
 */
export function routeUrl(url: string, resources: ReadonlySet<string>): string {
  const [sent = ''] = url.split('?', 1);
  if (AS_SENT.test(sent)) return url;
  return oneModelId(underApi(withoutEmptySegments(sent), resources)) + url.slice(sent.length);
}

function withoutEmptySegments(path: string): string {
  const single = path.replace(/\/{2,}/g, '/');
  return single.length > 1 && single.endsWith('/') ? single.slice(0, -1) : single;
}

function underApi(path: string, resources: ReadonlySet<string>): string {
  const once = withoutAzure(path, resources).replace(/^(?:\/v1)+(?=\/v1(?:\/|$))/, '');
  return resources.has(firstOf(once)) ? API + once : once;
}

/** Azure has the paths of OpenAI's API under `/openai` and `/openai/v1`; those of deployments are routes of their own. */
function withoutAzure(path: string, resources: ReadonlySet<string>): string {
  const under = path.startsWith(AZURE + '/') ? path.slice(AZURE.length) : '';
  const first = firstOf(under);
  return first === 'v1' || resources.has(first) ? under : path;
}

function firstOf(path: string): string {
  return path.split('/', 2)[1] ?? '';
}

/** Ids of models may have slashes, which are often sent as they are. */
function oneModelId(path: string): string {
  return path.startsWith(MODELS) ? MODELS + path.slice(MODELS.length).replaceAll('/', '%2F') : path;
}
