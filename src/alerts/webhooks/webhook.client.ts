import { lookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { GatewayConfig } from '../../config/gateway-config';
import { isPublicAddress } from './allowed-address';
import type { WebhookMessage } from './webhook-message';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 64 * 1024;

/** A webhook did not take a message. */
export class WebhookError extends Error {}

/**
 * Sends messages to addresses that people gave. Only the public internet is reached, unless the operator allows private
 * addresses; the address that was looked at is the one that is connected to, and no redirect is followed.
 */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly agent: Agent;

  constructor(private readonly config: GatewayConfig) {
    this.agent = new Agent({
      connect: { timeout: TIMEOUT_MS, lookup: this.lookup },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      maxResponseSize: MOST_BYTES,
    });
  }

  /** @throws WebhookError when the webhook did not answer 2xx */
  async send(url: string, message: WebhookMessage): Promise<void> {
    const { hostname } = new URL(url);
    const literal = hostname.replace(/^\[|\]$/g, '');
    // A name is looked up by our own lookup; an address in the URL is not looked up at all.
    if (isIP(literal) !== 0) this.check(literal);
    try {
      const answer = await request(url, {
        method: 'POST',
        dispatcher: this.agent,
        headers: { ...message.headers, 'user-agent': 'thriftgate' },
        body: message.body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await answer.body.dump({ limit: MOST_BYTES });
      if (answer.statusCode < 200 || answer.statusCode > 299) throw new WebhookError(`answered ${answer.statusCode}`);
    } catch (error) {
      throw error instanceof WebhookError ? error : new WebhookError(reasonOf(error));
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  private readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookup(hostname, { all: true }, (error, addresses) => {
      const [first] = error ? [] : addresses;
      const allPublic = addresses?.every(({ address }) => isPublicAddress(address));
      if (error || !first) callback(error ?? new WebhookError('has no address'), '', 0);
      else if (!allPublic && !this.config.webhooks.allowPrivate) callback(new WebhookError(NOT_PUBLIC), '', 0);
      else if (options.all) (callback as (error: null, all: LookupAddress[]) => void)(null, addresses);
      else callback(null, first.address, first.family);
    });
  };

  private check(address: string): void {
    if (!this.config.webhooks.allowPrivate && !isPublicAddress(address)) throw new WebhookError(NOT_PUBLIC);
  }
}

const NOT_PUBLIC = 'is not an address of the public internet; WEBHOOK_ALLOW_PRIVATE=true allows others';

/** Without the address, which may be a secret itself. */
function reasonOf(error: unknown): string {
  const { code, cause, name, message } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (cause instanceof WebhookError) return cause.message;
  return code ?? (name === 'TimeoutError' ? 'did not answer in 10 s' : message);
}
