import { sse } from '../testing/answers';
import { relayBench } from '../testing/relay-bench';

describe('a stream before its first content', () => {
  it('A22: holds back a bounded number of comments and empty chunks', async () => {
    const { response, relay } = relayBench();
    for (let at = 0; at < 5_000; at += 1) response.push(sse.comment('wait a while') + sse.role());
    response.push(sse.content('a'));
    const { value } = await relay.next();
    expect(String(value).length).toBeLessThan(70_000);
    expect(String(value).endsWith(sse.content('a'))).toBe(true);
    response.push(sse.stop() + sse.usage() + sse.done());
    expect(await relay.next()).toMatchObject({ done: true, value: { kind: 'done' } });
  });
});
