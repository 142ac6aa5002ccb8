import type { UpstreamCall } from '../../translator';

/**
 * Where a method of a model is. A base URL may have a query, and its version.
 *
 * @param query before that of the base URL; '' for none
 * @see https://ai.google.dev/api
 */
export function geminiUrl({ baseUrl, upstreamModel }: UpstreamCall, method: string, query = ''): string {
  const [base = '', own] = baseUrl.split(/\?(.*)/s);
  const model = upstreamModel.includes('/') ? upstreamModel : `models/${upstreamModel}`;
  const path = `${base.replace(/(\/v1beta)?\/*$/, '')}/v1beta/${model.split('/').map(encodeURIComponent).join('/')}`;
  const queries = [query, own ?? ''].filter((each) => each !== '').join('&');
  return `${path}:${method}${queries && `?${queries}`}`;
}
