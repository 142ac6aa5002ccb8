import { Injectable } from '@nestjs/common';
import { UpstreamClient, type UpstreamTransport, UpstreamTransportError } from '@thriftgate/providers';
import { type AddressPolicy, urlProblem } from '../common/allowed-address';
import { allowedLookup } from '../common/allowed-lookup';
import { isWithin } from '../common/allowed-networks';
import { VERSION } from '../common/version';
import { GatewayConfig } from '../config/gateway-config';

const MAX_CONNECTIONS_PER_ORIGIN = 512;
/** Of the JSON of an upstream, unpacked. */
export const MAX_REPLY_BYTES = 64 * 1024 * 1024;

/**
 * Connects to upstreams. Those that administrators set are only reached on the public internet by https, and in the networks
 * that the operator allows; each connection uses an address that was checked.
 */
@Injectable()
export class ProviderConnections {
  private readonly policy: AddressPolicy;

  constructor(private readonly config: GatewayConfig) {
    const { providerNetworks: networks } = config;
    this.policy = {
      allowPrivate: networks.length > 0 && isWithin(networks),
      setting: 'PROVIDER_ALLOWED_NETWORKS',
    };
  }

  /** Why an administrator may not set a base URL, without resolving its name; undefined if it is allowed. */
  problemOf(baseUrl: string): string | undefined {
    return urlProblem(baseUrl, this.policy);
  }

  /** To a base URL of the operator. */
  connect(): UpstreamClient {
    return this.client(undefined);
  }

  /** To a base URL of an administrator. */
  connectChecked(baseUrl: string): UpstreamClient | ForbiddenUpstream {
    // Node calls no lookup for a literal address.
    const problem = this.problemOf(baseUrl);
    if (problem !== undefined) return new ForbiddenUpstream(`The base URL ${problem}.`);
    return this.client(allowedLookup(new URL(baseUrl).protocol, this.policy));
  }

  private client(lookup: ReturnType<typeof allowedLookup> | undefined): UpstreamClient {
    return new UpstreamClient({
      ...this.config.upstream,
      maxConnectionsPerOrigin: MAX_CONNECTIONS_PER_ORIGIN,
      maxReplyBytes: MAX_REPLY_BYTES,
      userAgent: `thriftgate/${VERSION}`,
      lookup,
    });
  }
}

/** An upstream that the operator does not allow any more: no request is sent. */
class ForbiddenUpstream implements UpstreamTransport {
  constructor(private readonly problem: string) {}

  send(): Promise<never> {
    return Promise.reject(new UpstreamTransportError('connect', this.problem, false));
  }

  async drain(): Promise<void> {}

  async close(): Promise<void> {}
}
