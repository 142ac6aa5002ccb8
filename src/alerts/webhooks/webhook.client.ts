import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { addressProblem, type AddressPolicy, literalAddress, urlProblem } from '../../common/allowed-address';
import { allowedLookup, ForbiddenAddressError } from '../../common/allowed-lookup';
import { GatewayConfig } from '../../config/gateway-config';
import type { WebhookMessage } from './webhook-message';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 64 * 1024;

/** A webhook did not take a message. */
export class WebhookError extends Error {}

/**
 * Sends messages to URLs that administrators set: only to the public internet and by https, unless the operator allows
 * private addresses. The connection goes to the address that was checked, and no redirect is followed.
 */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly policy: AddressPolicy;
  private readonly agents: Record<string, Agent>;

  constructor(config: GatewayConfig) {
    this.policy = { allowPrivate: config.webhooks.allowPrivate, setting: 'WEBHOOK_ALLOW_PRIVATE' };
    this.agents = { 'http:': this.agent('http:'), 'https:': this.agent('https:') };
  }

  /** Why nothing is sent to a URL, as far as the URL itself shows; undefined where it shows no reason. */
  problemOf(url: string): string | undefined {
    return urlProblem(url, this.policy);
  }

  /** @throws WebhookError when the webhook did not answer 2xx */
  async send(url: string, message: WebhookMessage): Promise<void> {
    const { protocol } = new URL(url);
    // A name is checked by the lookup; an address in the URL is never looked up.
    const address = literalAddress(url);
    const problem = address === undefined ? undefined : addressProblem(address, protocol, this.policy);
    if (problem !== undefined) throw new WebhookError(problem);
    const answer = await request(url, {
      method: 'POST',
      dispatcher: this.agents[protocol],
      headers: { ...message.headers, 'user-agent': 'thriftgate' },
      body: message.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new WebhookError(reasonOf(error));
    });
    // The status says whether the message was taken. A body that is long, slow or broken off does not make it untaken.
    await answer.body.dump({ limit: MOST_BYTES }).catch(() => undefined);
    if (answer.statusCode < 200 || answer.statusCode > 299) throw new WebhookError(`answered ${answer.statusCode}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(Object.values(this.agents).map((agent) => agent.destroy()));
  }

  private agent(protocol: string): Agent {
    return new Agent({
      connect: { timeout: TIMEOUT_MS, lookup: allowedLookup(protocol, this.policy) },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }
}

/** Without the address, which may be a secret itself. */
function reasonOf(error: unknown): string {
  if (error instanceof ForbiddenAddressError) return error.message;
  const { code, cause, name } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (cause instanceof ForbiddenAddressError) return cause.message;
  if (name === 'TimeoutError') return 'did not answer in 10 s';
  return typeof code === 'string' ? code : 'could not be reached';
}
