import {
  type BatchApi,
  type HttpRequest,
  isSuccess,
  type UpstreamResponse,
  UpstreamTransportError,
} from '@thriftgate/providers';
import { plainText } from '../../common/plain-text';
import type { ConfiguredProvider } from '../../providers/provider';
import { secretHeaders, withoutSecrets } from '../../providers/redacted-api';

/** A request takes no longer. */
export const LONGEST_REQUEST_MS = 1_800_000;
const TIMEOUTS = { firstByteTimeoutMs: 120_000, idleTimeoutMs: 60_000, totalTimeoutMs: LONGEST_REQUEST_MS };
const MAX_MESSAGE_LENGTH = 500;
/** Statuses after which the vendor may have done what was asked. */
const UNSURE = (status: number) => status >= 500 || status === 408;

/** A request to a vendor's batch API that brought nothing. */
export class VendorBatchError extends Error {
  override readonly name = 'VendorBatchError';

  /**
   * @param status of HTTP; 0 below it
   * @param mayBeDone whether the vendor may have done what was asked
   */
  constructor(
    message: string,
    readonly status: number,
    readonly mayBeDone: boolean,
    options?: ErrorOptions,
  ) {
    super(plainText(message), options);
  }

  /** Whether the same request may succeed later. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 409 || this.status === 429 || this.status >= 500;
  }
}

/** A vendor's batch API with the credential of a provider. */
export class VendorSite {
  constructor(
    readonly provider: ConfiguredProvider,
    readonly api: BatchApi,
  ) {}

  get baseUrl(): string {
    return this.provider.baseUrl;
  }

  /** @returns the whole body, and the headers @throws VendorBatchError */
  async send(request: HttpRequest): Promise<{ body: Buffer; headers: UpstreamResponse['headers'] }> {
    try {
      const response = await this.open(request);
      return { body: await response.readAll(), headers: response.headers };
    } catch (error) {
      throw asVendorError(error);
    }
  }

  /** The body as it comes. @throws VendorBatchError */
  async *read(request: HttpRequest): AsyncGenerator<Buffer, void, undefined> {
    try {
      const response = await this.open(request);
      for await (const chunk of response.body) yield Buffer.from(chunk);
    } catch (error) {
      throw asVendorError(error);
    }
  }

  private async open(request: HttpRequest): Promise<UpstreamResponse> {
    const { api, apiKey, headers, transport, name } = this.provider;
    const authorised = api.authorise(request, apiKey);
    const sent = headers ? { ...authorised, headers: { ...authorised.headers, ...headers } } : authorised;
    const response = await transport.send(sent, { timeouts: TIMEOUTS });
    const { status } = response;
    if (isSuccess(status)) return response;
    const body = await response.readAll().catch(() => Buffer.alloc(0));
    const text = withoutSecrets(body.toString('utf8'), [apiKey ?? '', ...secretHeaders(headers)]);
    const message = `${name} answered ${status}: ${text.slice(0, MAX_MESSAGE_LENGTH)}`;
    throw new VendorBatchError(message, status, UNSURE(status));
  }
}

function asVendorError(error: unknown): unknown {
  if (!(error instanceof UpstreamTransportError)) return error;
  return new VendorBatchError(error.message, 0, error.sent, { cause: error });
}
