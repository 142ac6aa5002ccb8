import {
  type AbortSignalLike,
  type UpstreamRequest,
  type UpstreamResponse,
  type UpstreamTransport,
  UpstreamTransportError,
} from '@thriftgate/providers';

/** A transport that gives each request the next of its answers; a request that finds none waits until it is aborted. */
export class FakeTransport implements UpstreamTransport {
  readonly requests: UpstreamRequest[] = [];
  readonly answers: (UpstreamResponse | Error)[] = [];

  async send(request: UpstreamRequest, { signal }: { signal?: AbortSignalLike } = {}): Promise<UpstreamResponse> {
    this.requests.push(request);
    if (signal?.aborted) throw new UpstreamTransportError('aborted', 'aborted', false);
    const answer = this.answers.shift();
    if (answer instanceof Error) throw answer;
    if (!answer) return whenAborted(signal);
    // As the client of HTTP does, the signal aborts the body, too.
    signal?.addEventListener('abort', () => answer.abort());
    return answer;
  }

  async close(): Promise<void> {}
}

function whenAborted(signal: AbortSignalLike | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(new UpstreamTransportError('aborted', 'aborted', true)));
  });
}
