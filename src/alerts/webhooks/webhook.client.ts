import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { addressProblem, type AddressPolicy, literalAddress, urlProblem } from '../../common/allowed-address';
import { allowedLookup, ForbiddenAddressError } from '../../common/allowed-lookup';
import { GatewayConfig } from '../../config/gateway-config';
import type { WebhookMessage } from './webhook-message';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

/** A webhook did not accept a message. */
export class WebhookError extends Error {}

/**
 * Sends messages to URLs that administrators set: only by https to the public internet, unless the operator allows
 * private addresses. The connection uses the address that was checked, and no redirect is followed.
 */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly policy: AddressPolicy;
  private readonly agents: Record<string, Agent>;

  constructor(config: GatewayConfig) {
    this.policy = { allowPrivate: config.webhooks.allowPrivate, setting: 'WEBHOOK_ALLOW_PRIVATE=true' };
    this.agents = { 'http:': this.agent('http:'), 'https:': this.agent('https:') };
  }

  /** Why a URL is forbidden, without resolving its name; undefined if it is allowed. */
  problemOf(url: string): string | undefined {
    return urlProblem(url, this.policy);
  }

  /** @throws WebhookError if the webhook does not respond with 2xx */
  async send(url: string, message: WebhookMessage): Promise<void> {
    const { protocol } = new URL(url);
    // The lookup checks names; an address in the URL needs no lookup.
    const address = literalAddress(url);
    const problem = address === undefined ? undefined : addressProblem(address, protocol, this.policy);
    if (problem !== undefined) throw new WebhookError(problem);
    const response = await request(url, {
      method: 'POST',
      dispatcher: this.agents[protocol],
      headers: { ...message.headers, 'user-agent': 'thriftgate' },
      body: message.body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new WebhookError(reasonOf(error));
    });
    // The status alone decides. A long, slow or truncated body is no failure.
    await response.body.dump({ limit: MAX_BYTES }).catch(() => undefined);
    if (response.statusCode < 200 || response.statusCode > 299)
      throw new WebhookError(`responded with ${response.statusCode}`);
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

/** The reason of a failure, without the address, which may be a secret. */
function reasonOf(error: unknown): string {
  if (error instanceof ForbiddenAddressError) return error.message;
  const { code, cause, name } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (cause instanceof ForbiddenAddressError) return cause.message;
  if (name === 'TimeoutError') return 'did not respond within 10 s';
  return typeof code === 'string' ? code : 'could not be reached';
}
