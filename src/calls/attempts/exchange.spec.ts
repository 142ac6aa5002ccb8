import { openAi, type Provider, type Translator, UnsupportedMemberError, VENDORS } from '@thriftgate/providers';
import { AttemptFailure } from '../../routing/attempt-failure';
import { aProvider as configuredProvider } from '../../providers/testing/a-provider';
import { aCall, aDeployment, aModel, aPreparedCall } from '../testing/builders';
import { FakeTransport } from '../testing/fake-transport';
import { exchangeWith, unsupportedEndpoint } from './exchange';

const chat = openAi.translators['chat.completions']!;

function aProvider(api: Provider = openAi) {
  return configuredProvider({ api, transport: new FakeTransport(), apiKey: 'sk' });
}

function providerWith(toRequest: Translator['toRequest']) {
  return aProvider({ ...openAi, translators: { 'chat.completions': { ...chat, toRequest } } });
}

const dropping = providerWith((call) => ({ ...chat.toRequest(call), dropped: ['seed', 'logit_bias'] }));
const STRICT = { headers: { 'x-gateway-strict': 'true' } };

function failureOf(exchange: () => unknown): unknown {
  try {
    return exchange();
  } catch (error) {
    return error instanceof AttemptFailure ? error.toGatewayError() : error;
  }
}

describe('an exchange with a deployment', () => {
  it('has the deployment’s model and the gateway’s credential, and none of its members', () => {
    const call = aCall({ use_cache: false, cache: { ttl: 5 }, temperature: 0 });
    const before = structuredClone(call.body);
    const { request } = exchangeWith(aPreparedCall(call), aDeployment({ upstreamModel: 'big' }), aProvider());
    expect(JSON.parse(String(request.body))).toEqual({ model: 'big', messages: call.body.messages, temperature: 0 });
    expect(request.headers).toMatchObject({ authorization: 'Bearer sk', 'x-request-id': call.requestId });
    expect(call.body).toEqual(before);
  });

  it('tells what the vendor lacks', () => {
    expect(exchangeWith(aPreparedCall(), aDeployment(), dropping).request.dropped).toEqual(['seed', 'logit_bias']);
  });

  it('is a 422 under x-gateway-strict where the vendor lacks a parameter', () => {
    const prepared = aPreparedCall(aCall({}, STRICT));
    expect(failureOf(() => exchangeWith(prepared, aDeployment(), dropping))).toMatchObject({
      status: 422,
      code: 'unsupported_parameter',
      param: 'seed',
      message:
        'openai does not take these parameters for gpt-4.1: seed, logit_bias. Leave them out, or leave out the header x-gateway-strict to have them dropped.',
    });
    expect(exchangeWith(prepared, aDeployment(), aProvider()).request.dropped).toEqual([]);
  });

  it('is a 422 where silence would change the answer; another deployment may still answer', () => {
    const provider = providerWith(() => {
      throw new UnsupportedMemberError('No audio here.', 'messages[0].content[1]');
    });
    const exchange = () => exchangeWith(aPreparedCall(), aDeployment(), provider);
    expect(exchange).toThrow(expect.objectContaining({ error: expect.objectContaining({ elsewhere: true }) }));
    expect(failureOf(exchange)).toMatchObject({ status: 422, param: 'messages[0].content[1]' });
  });

  it('has the status that the API of the caller has for it', () => {
    const provider = providerWith(() => {
      throw new UnsupportedMemberError('No web search here.', 'tools[2].type', 400);
    });
    expect(failureOf(() => exchangeWith(aPreparedCall(), aDeployment(), provider))).toMatchObject({
      status: 400,
      param: 'tools[2].type',
    });
  });
});

describe('a request that an upstream refuses', () => {
  const named = { status: 400, headers: {}, body: '{"error":{"message":"Unknown member stream_options."}}' };
  const streaming = (members: object = {}) => {
    const call = aCall({ stream: true, ...members });
    return exchangeWith(aPreparedCall(call), aDeployment(), aProvider(VENDORS['openai-compatible'].api));
  };

  it('is sent once more without the stream options that the gateway has added', () => {
    for (const members of [{}, { stream_options: { include_usage: true } }]) {
      const amended = streaming(members).amended(named);
      expect(JSON.parse(String(amended?.request.body))).not.toHaveProperty('stream_options');
      expect(amended?.request.headers.authorization).toBe('Bearer sk');
      expect(amended?.amended(named)).toBeUndefined();
    }
  });

  it('is not sent again for another reason, nor without what the caller has set', () => {
    expect(streaming().amended({ ...named, body: '{"error":{"message":"no"}}' })).toBeUndefined();
    expect(streaming().amended({ ...named, status: 500 })).toBeUndefined();
    expect(streaming({ stream_options: { include_obfuscation: 1 } }).amended(named)).toBeUndefined();
    const json = exchangeWith(aPreparedCall(), aDeployment(), aProvider(VENDORS['openai-compatible'].api));
    expect(json.amended(named)).toBeUndefined();
    expect(exchangeWith(aPreparedCall(), aDeployment(), aProvider()).amended(named)).toBeUndefined();
  });
});

describe('an endpoint that no deployment speaks', () => {
  it('is named with the model', () => {
    const error = unsupportedEndpoint(aPreparedCall(aCall(), { model: aModel({ name: 'whisper' }) }));
    expect(error).toMatchObject({ status: 422, param: 'model' });
    expect(error.message).toBe('The model "whisper" does not serve /v1/chat/completions.');
  });
});
