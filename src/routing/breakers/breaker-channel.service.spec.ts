import type { PubSubStore } from '../../redis/pub-sub.store';
import { BreakerChannel, type BreakerMessage } from './breaker-channel.service';

/** Redis between replicas. */
class FakePubSub implements Pick<PubSubStore, 'send' | 'subscribe'> {
  private readonly listeners: ((text: string) => void)[] = [];

  send(_channel: string, text: string): Promise<boolean> {
    for (const listener of this.listeners) listener(text);
    return Promise.resolve(true);
  }

  subscribe(_channel: string, listener: (text: string) => void): void {
    this.listeners.push(listener);
  }
}

describe('the channel of breakers', () => {
  const MESSAGE: BreakerMessage = { breaker: 'deployment openai/a', reason: 'failing', forMs: 1_000 };
  const pubSub = new FakePubSub();
  const replica = () => {
    const channel = new BreakerChannel(pubSub as Pick<PubSubStore, 'send' | 'subscribe'> as PubSubStore);
    const received: BreakerMessage[] = [];
    channel.subscribe((message) => received.push(message));
    return { channel, received };
  };

  it('brings a message to other replicas, and not back', () => {
    const [one, two] = [replica(), replica()];
    one.channel.send(MESSAGE);
    expect(one.received).toEqual([]);
    expect(two.received).toMatchObject([MESSAGE]);
  });

  it.each([
    '',
    'null',
    '{}',
    '[1]',
    '{"breaker":1}',
    JSON.stringify({ ...MESSAGE, reason: 'mood' }),
    JSON.stringify({ ...MESSAGE, forMs: -1 }),
  ])('ignores what is no message: %s', async (text) => {
    const { received } = replica();
    await pubSub.send('', text);
    expect(received).toEqual([]);
  });
});
