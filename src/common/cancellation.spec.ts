import { Cancellation } from './cancellation';

describe('a cancellation', () => {
  it('calls each listener once, and none that came too late or has left', () => {
    const cancellation = new Cancellation();
    const called: string[] = [];
    const leaving = () => called.push('left');
    cancellation.addEventListener('abort', () => called.push('first'));
    cancellation.addEventListener('abort', leaving);
    cancellation.removeEventListener('abort', leaving);
    expect(cancellation.aborted).toBe(false);
    cancellation.abort();
    cancellation.abort();
    cancellation.addEventListener('abort', () => called.push('late'));
    expect([cancellation.aborted, called]).toEqual([true, ['first']]);
  });

  it('is aborted before its listeners run, which may remove others', () => {
    const cancellation = new Cancellation();
    const seen: boolean[] = [];
    const second = () => seen.push(cancellation.aborted);
    cancellation.addEventListener('abort', () => {
      seen.push(cancellation.aborted);
      cancellation.removeEventListener('abort', second);
    });
    cancellation.addEventListener('abort', second);
    cancellation.abort();
    expect(seen).toEqual([true]);
  });
});
