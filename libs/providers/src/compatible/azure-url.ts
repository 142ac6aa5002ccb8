import { pathUnder } from '../openai/openai-request';
import type { UpstreamCall } from '../translator';

/**
 * Where a deployment of Azure OpenAI is: in the API of version 1 the body names it, in the older one, whose requests have an
 * `api-version`, the URL does. The base URL may be the resource, or end with `/openai`, `/openai/v1` or the deployment.
 *
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
 */
export function azureUrl(
  { baseUrl, upstreamModel }: Pick<UpstreamCall, 'baseUrl' | 'upstreamModel'>,
  method = '/chat/completions',
): string {
  const [address = '', query = ''] = baseUrl.split(/\?(.*)/s);
  const path = address.replace(/\/+$/, '');
  const isWhole = path.endsWith('/openai/v1') || path.includes('/deployments/');
  if (isWhole) return pathUnder(baseUrl, method);
  const api = path.endsWith('/openai') ? '' : '/openai';
  const isOlder = new URLSearchParams(query).has('api-version');
  const rest = isOlder ? `/deployments/${encodeURIComponent(upstreamModel)}` : '/v1';
  return pathUnder(baseUrl, `${api}${rest}${method}`);
}

/**
 * Where Responses of a resource are: in both APIs the body names the deployment.
 *
 * @see https://learn.microsoft.com/azure/ai-foundry/openai/how-to/responses
 */
export function azureResponsesUrl(baseUrl: string): string {
  const [address = '', query = ''] = baseUrl.split(/\?(.*)/s);
  const resource = address.replace(/\/openai(\/.*)?$/, '').replace(/\/+$/, '');
  const isOlder = new URLSearchParams(query).has('api-version') && !/\/openai\/v1\/?$/.test(address);
  return pathUnder(
    query === '' ? resource : `${resource}?${query}`,
    isOlder ? '/openai/responses' : '/openai/v1/responses',
  );
}

/** The models of a resource. @see https://learn.microsoft.com/rest/api/azureopenai/models/list */
export function azureModelsUrl(baseUrl: string): string {
  const [address = '', query = ''] = baseUrl.split(/\?(.*)/s);
  const resource = address.replace(/\/openai(\/.*)?$/, '').replace(/\/+$/, '');
  const isOlder = new URLSearchParams(query).has('api-version');
  return pathUnder(query === '' ? resource : `${resource}?${query}`, isOlder ? '/openai/models' : '/openai/v1/models');
}
