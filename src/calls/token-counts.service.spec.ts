import { anthropic, messages, UpstreamTransportError } from '@thriftgate/providers';
import type { FastifyRequest } from 'fastify';
import type { TokenEstimator } from '../pricing/token-estimator.service';
import type { ConfiguredProvider } from '../providers/provider';
import type { ProviderRegistry } from '../providers/provider-registry.service';
import type { CallsService } from './calls.service';
import type { Call } from './call';
import { aDeployment, aModel, aPreparedCall, CALLER } from './testing/builders';
import { FakeClock } from './testing/fake-clock';
import { FakeSignal } from './testing/fake-signal';
import { FakeTransport } from './testing/fake-transport';
import { ScriptedResponse } from './testing/scripted-response';
import { TokenCounts } from './token-counts.service';

const ESTIMATE = 7;
const USAGE = { inputTokens: ESTIMATE, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };
const body = { model: 'm', max_tokens: 1, messages: [{ role: 'user', content: 'Hello' }] };
const request = {
  id: '01JD000000000000000000000A',
  body,
  headers: {},
  caller: CALLER,
} as Partial<FastifyRequest> as FastifyRequest;

/** A model with two deployments of Anthropic, whose first and second answers are given. */
function bench(...answers: (ScriptedResponse | Error)[]) {
  const transports = answers.map((answer) => Object.assign(new FakeTransport(), { answers: [answer] }));
  const deployments = answers.map((_, index) => aDeployment({ provider: `anthropic-${index}` }));
  const model = aModel({ deployments });
  const counts = new TokenCounts(
    { prepare: (call: Call) => aPreparedCall(call, { model }) } as Partial<CallsService> as CallsService,
    {
      withCredentials: (name: string) => [
        {
          name,
          api: anthropic,
          baseUrl: 'http://up',
          transport: transports[Number(name.at(-1))],
        } as Partial<ConfiguredProvider> as ConfiguredProvider,
      ],
    } as Partial<ProviderRegistry> as ProviderRegistry,
    { usageOf: async () => USAGE } as Partial<TokenEstimator> as TokenEstimator,
    new FakeClock(),
  );
  const count = () => counts.count(messages, request, new FakeSignal());
  return { count, asked: () => transports.map(({ requests }) => requests.length) };
}

const answer = (status: number, json: object) => new ScriptedResponse(status).push(JSON.stringify(json)).end();
const counted = (tokens: number) => answer(200, { input_tokens: tokens });
const failure = (status: number, type: string) => answer(status, { type: 'error', error: { type, message: 'no' } });

describe('the count of tokens', () => {
  it('is that of the first deployment', async () => {
    const { count, asked } = bench(counted(11), counted(12));
    expect(await count()).toEqual({ tokens: 11, estimated: false });
    expect(asked()).toEqual([1, 0]);
  });

  it.each([
    ['404', failure(404, 'not_found_error')],
    ['500', failure(500, 'api_error')],
    ['529', failure(529, 'overloaded_error')],
    ['429', failure(429, 'rate_limit_error')],
    ['401', failure(401, 'authentication_error')],
    ['a time-out', new UpstreamTransportError('idle_timeout', 'too slow', true)],
    ['a body that breaks off', new ScriptedResponse().fail(new UpstreamTransportError('reset', 'broke', true))],
    ['a body without a count', answer(200, {})],
  ])('is that of the next one after %s', async (_, first) => {
    const { count, asked } = bench(first, counted(12));
    expect(await count()).toEqual({ tokens: 12, estimated: false });
    expect(asked()).toEqual([1, 1]);
  });

  it('is the estimate, and says so, where none answers', async () => {
    const { count } = bench(failure(404, 'not_found_error'), failure(503, 'api_error'));
    expect(await count()).toEqual({ tokens: ESTIMATE, estimated: true });
  });

  it('fails where the request is wrong, without asking another deployment', async () => {
    const { count, asked } = bench(failure(400, 'invalid_request_error'), counted(12));
    await expect(count()).rejects.toMatchObject({ status: 400 });
    expect(asked()).toEqual([1, 0]);
  });
});
