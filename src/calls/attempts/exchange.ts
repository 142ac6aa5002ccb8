import {
  type HttpRequest,
  InvalidRequestError,
  type Translator,
  translatorFor,
  UnsupportedMemberError,
  type UpstreamCall,
  type UpstreamFailure,
  type UpstreamRequest,
  type UpstreamTransport,
  type VendorTurn,
} from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';
import type { Deployment } from '../../models/model';
import type { ConfiguredProvider } from '../../providers/provider';
import { UnsupportedCall } from '../../routing/attempt-failure';
import { STRICT_HEADER, type Call } from '../call';
import type { PreparedCall } from '../prepared-call';

/** A call of one deployment in the vendor's API: what is sent, and what reads the response. */
export interface Exchange {
  translator: Translator;
  call: UpstreamCall;
  request: UpstreamRequest;
  transport: UpstreamTransport;
  /** The exchange in place of this one after a failure that a changed request mends; undefined for every other. */
  amended: (failure: UpstreamFailure) => Exchange | undefined;
}

interface ExchangeParts {
  /** Of {@link translatorOf}. */
  translator?: Translator;
  /** Earlier turns of the conversation as this vendor wrote them. */
  turns?: ReadonlyMap<string, VendorTurn> | undefined;
  /** Whether it is for a line of the vendor's batch. */
  deferred?: boolean;
}

/** @throws GatewayError where the provider speaks the call's API neither itself nor over another one */
export function translatorOf(prepared: PreparedCall, { api }: ConfiguredProvider): Translator {
  const translator = translatorFor(prepared.call.endpoint, api);
  if (!translator) throw unsupportedEndpoint(prepared);
  return translator;
}

/**
 * The exchange with a deployment; its request has the credential and none of the gateway's own members.
 *
 * @throws UnsupportedCall where the vendor lacks what the call asks for; another deployment may have it
 * @throws GatewayError `invalid_request` where the body is wrong in any API
 */
export function exchangeWith(
  prepared: PreparedCall & { affinity?: string | undefined },
  deployment: Deployment,
  provider: ConfiguredProvider,
  { translator = translatorOf(prepared, provider), turns, deferred }: ExchangeParts = {},
): Exchange {
  const { call } = prepared;
  const exchangeOf = (upstream: UpstreamCall): Exchange => ({
    translator,
    call: upstream,
    request: requestOf(translator, upstream, { call, deployment, provider }),
    transport: provider.transport,
    amended: (failure) => {
      const changed = translator.amend?.(upstream, failure);
      return changed && exchangeOf(changed);
    },
  });
  return exchangeOf({
    ...upstreamCall(prepared, deployment, provider),
    promptCacheKey: prepared.affinity,
    turns,
    ...(deferred && { deferred }),
  });
}

interface Parties {
  call: Call;
  deployment: Deployment;
  provider: ConfiguredProvider;
}

function requestOf(
  translator: Translator,
  upstream: UpstreamCall,
  { call, deployment, provider }: Parties,
): UpstreamRequest {
  const translated = translate(translator, upstream);
  if (translated.dropped.length > 0 && isStrict(call)) throw droppedUnderStrict(deployment, translated.dropped);
  return authorised(translated, provider);
}

/** The request with the provider's credential and its headers. */
export function authorised<Request extends HttpRequest>(
  request: Request,
  { api, apiKey, headers }: ConfiguredProvider,
): Request {
  const signed = api.authorise(request, apiKey);
  return headers ? { ...signed, headers: { ...signed.headers, ...headers } } : signed;
}

/** A call as a vendor's translator gets it. */
export function upstreamCall(
  { call, model }: PreparedCall,
  { upstreamModel }: Deployment,
  { baseUrl }: ConfiguredProvider,
): UpstreamCall {
  return {
    body: withoutGatewayMembers(call.body),
    upstreamModel,
    stream: call.request.stream,
    defaultMaxTokens: call.defaultMaxTokens,
    requestId: call.requestId,
    baseUrl,
    maxOutputTokens: model.maxOutputTokens,
    reasons: model.reasons,
    headers: call.headers,
  };
}

function translate(translator: Translator, call: UpstreamCall): UpstreamRequest {
  try {
    return translator.toRequest(call);
  } catch (error) {
    if (error instanceof UnsupportedMemberError) throw new UnsupportedCall(error.message, error.param, error.status);
    if (error instanceof InvalidRequestError)
      throw new GatewayError('invalid_request', { message: error.message, param: error.param });
    throw error;
  }
}

/** Whether a parameter that the vendor lacks is an error, and not dropped. */
export function isStrict({ headers }: Call): boolean {
  return headers?.[STRICT_HEADER] === 'true';
}

function droppedUnderStrict({ provider, upstreamModel }: Deployment, dropped: readonly string[]): UnsupportedCall {
  const [first = ''] = dropped;
  const message = `${provider} does not take these parameters for ${upstreamModel}: ${dropped.join(', ')}. Leave them out, or leave out the header ${STRICT_HEADER} to have them dropped.`;
  return new UnsupportedCall(message, first);
}

function withoutGatewayMembers(body: Call['body']): Call['body'] {
  if (body.use_cache === undefined && body.cache === undefined) return body;
  const { use_cache: _useCache, cache: _cache, ...rest } = body;
  return rest;
}

/** @throws GatewayError where no deployment of the model speaks the call's API, directly or over another one */
export function unsupportedEndpoint({ call, model }: PreparedCall): GatewayError {
  const message = `The model "${model.name}" does not serve ${call.endpoint.path}.`;
  return new GatewayError('unsupported_parameter', { message, param: 'model' });
}
