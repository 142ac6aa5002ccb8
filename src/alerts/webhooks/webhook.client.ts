import { lookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Agent, request } from 'undici';
import { GatewayConfig } from '../../config/gateway-config';
import { refusalOf } from '../../common/allowed-address';
import type { WebhookMessage } from './webhook-message';
import { literalAddress, problemOf } from './webhook-url';

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 64 * 1024;

/** A webhook did not take a message. */
export class WebhookError extends Error {}

/**
 * Sends messages to addresses that people gave. Only the public internet is reached, by https, unless the operator allows
 * private addresses; the address that was looked at is the one that is connected to, and no redirect is followed.
 */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly allowPrivate: boolean;
  private readonly agents: Record<string, Agent>;

  constructor(config: GatewayConfig) {
    this.allowPrivate = config.webhooks.allowPrivate;
    this.agents = { 'http:': this.agent('http:'), 'https:': this.agent('https:') };
  }

  /** Why nothing would be sent to a URL, as far as the URL itself tells; undefined where it tells nothing. */
  problemOf(url: string): string | undefined {
    return problemOf(url, this.allowPrivate);
  }

  /** @throws WebhookError when the webhook did not answer 2xx */
  async send(url: string, message: WebhookMessage): Promise<void> {
    const { protocol } = new URL(url);
    // A name is looked up by our own lookup; an address in the URL is not looked up at all.
    const address = literalAddress(url);
    const refusal = address === undefined ? undefined : refusalOf(address, protocol, this.allowPrivate);
    if (refusal !== undefined) throw new WebhookError(refusal);
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
      connect: { timeout: TIMEOUT_MS, lookup: this.lookupFor(protocol) },
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    });
  }

  /** Looks a name up, and refuses it where one of its addresses is not allowed. */
  private lookupFor(protocol: string): LookupFunction {
    return (hostname, options, callback) => {
      lookup(hostname, { all: true }, (error, addresses) => {
        const [first] = error ? [] : addresses;
        if (!first) return callback(error ?? new WebhookError('has no address'), '', 0);
        const refusals = addresses.map(({ address }) => refusalOf(address, protocol, this.allowPrivate));
        const refusal = refusals.find((each) => each !== undefined);
        if (refusal !== undefined) return callback(new WebhookError(refusal), '', 0);
        if (options.all) (callback as (error: null, all: LookupAddress[]) => void)(null, addresses);
        else callback(null, first.address, first.family);
      });
    };
  }
}

/** Without the address, which may be a secret itself. */
function reasonOf(error: unknown): string {
  if (error instanceof WebhookError) return error.message;
  const { code, cause, name } = error as NodeJS.ErrnoException & { cause?: unknown };
  if (cause instanceof WebhookError) return cause.message;
  if (name === 'TimeoutError') return 'did not answer in 10 s';
  return typeof code === 'string' ? code : 'could not be reached';
}
