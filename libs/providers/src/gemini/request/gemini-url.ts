import type { UpstreamCall } from '../../translator';

/** A path of the API. A base URL may have a query, and its version. */
export function geminiPath(baseUrl: string, path: string, parameter = ''): string {
  const [base = '', query = ''] = baseUrl.split(/\?(.*)/s);
  const queries = [parameter, query].filter((each) => each !== '').join('&');
  return `${base.replace(/(\/v1beta)?\/*$/, '')}/v1beta${path}${queries && `?${queries}`}`;
}

/** Where a method of the call's model is. */
export function geminiUrl({ baseUrl, upstreamModel }: UpstreamCall, method: string, parameter = ''): string {
  const model = upstreamModel.includes('/') ? upstreamModel : `models/${upstreamModel}`;
  return geminiPath(baseUrl, `/${model.split('/').map(encodeURIComponent).join('/')}:${method}`, parameter);
}
