import { Injectable } from '@nestjs/common';
import { type ChatReply, type UpstreamResponse, UpstreamTransportError } from '@thriftgate/providers';
import type { Deployment } from '../../models/model';
import type { Provider } from '../../providers/provider';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { AttemptFailure } from '../../routing/attempt-failure';
import { DeploymentSlots } from '../../routing/deployment-slots.service';
import type { UpstreamResult } from './upstream-result';
import { type ResolvedCall, upstreamRequest } from './resolved-call';
import type { Attempt } from './attempt';
import { DispatchService } from './dispatch.service';
import { SettlementService } from './settlement.service';
import { StreamRelayService } from './stream-relay.service';

const OK = 200;
const BAD_GATEWAY = 502;

/** One try at one deployment: intent, upstream call, settlement. */
@Injectable()
export class AttemptService {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly slots: DeploymentSlots,
    private readonly dispatch: DispatchService,
    private readonly settlement: SettlementService,
    private readonly relay: StreamRelayService,
  ) {}

  /** @throws AttemptFailure when the deployment gave no answer, or no content of a stream */
  async run(question: ResolvedCall, deployment: Deployment, attempt: number): Promise<UpstreamResult> {
    const provider = this.providers.find(deployment.provider);
    if (!provider) throw unavailable(`The provider of ${deployment.id} was removed.`);
    const release = this.slots.take(deployment);
    if (!release) throw unavailable(`${deployment.id} is at its max_parallel limit.`);
    let running: Attempt | undefined;
    try {
      const request = upstreamRequest(question.call, deployment, provider);
      running = await this.dispatch.begin(question, deployment, attempt, request.body);
      const response = await this.send(running, provider, request);
      if (question.call.stream) return await this.relay.start(running, provider.adapter, response, release);
      const answer = await this.readAnswer(running, provider, response);
      release();
      return answer;
    } catch (error) {
      release();
      if (running) await this.settlement.abandon(running);
      throw error;
    }
  }

  /** @returns a response whose status is 200 */
  private async send(
    running: Attempt,
    provider: Provider,
    request: ReturnType<typeof upstreamRequest>,
  ): Promise<UpstreamResponse> {
    try {
      const response = await provider.transport.send(request, { signal: running.question.signal });
      if (response.status === OK) return response;
      const body = (await response.readAll()).toString('utf8');
      const failure = new AttemptFailure(
        provider.adapter.toError({ status: response.status, headers: response.headers, body }),
      );
      await this.settlement.fail(running, response.status, failure.error.code);
      throw failure;
    } catch (error) {
      throw error instanceof UpstreamTransportError
        ? await this.settlement.transportFailure(running, provider.adapter, error)
        : error;
    }
  }

  private async readAnswer(running: Attempt, provider: Provider, response: UpstreamResponse): Promise<UpstreamResult> {
    let reply: ChatReply;
    try {
      reply = provider.adapter.fromReply(await response.readAll());
    } catch (error) {
      if (error instanceof UpstreamTransportError)
        throw await this.settlement.transportFailure(running, provider.adapter, error, true);
      await this.settlement.fail(running, BAD_GATEWAY, 'upstream_invalid_answer', false);
      throw invalidAnswer();
    }
    const answer = await this.settlement.settle(running, reply, { endedCleanly: true });
    return { kind: 'json', attempts: running.attempt, answer, stored: running.stored };
  }
}

/** The deployment was not asked. */
function unavailable(message: string): AttemptFailure {
  return new AttemptFailure(
    {
      status: 503,
      type: 'server_error',
      code: 'unavailable',
      param: null,
      message,
      retryable: true,
      retryAfterMs: 1000,
    },
    false,
  );
}

function invalidAnswer(): AttemptFailure {
  const message = 'The provider answered with something that is not a chat completion.';
  return new AttemptFailure({
    status: BAD_GATEWAY,
    type: 'upstream_error',
    code: 'upstream_invalid_answer',
    param: null,
    message,
    retryable: true,
    retryAfterMs: undefined,
  });
}
