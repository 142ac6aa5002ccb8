import { LightAbortController } from './light-abort-controller';

describe('a departure', () => {
  it('tells those who listen, once, and those who stopped listening not at all', () => {
    const departure = new LightAbortController();
    const heard: string[] = [];
    const stopped = () => heard.push('stopped');
    departure.addEventListener('abort', () => heard.push('one'));
    departure.addEventListener('abort', stopped);
    departure.addEventListener('abort', () => heard.push('two'));
    departure.removeEventListener('abort', stopped);
    expect(departure.aborted).toBe(false);
    departure.abort();
    departure.abort();
    expect(departure.aborted).toBe(true);
    expect(heard).toEqual(['one', 'two']);
  });

  it('lets a listener stop another one while it tells', () => {
    const departure = new LightAbortController();
    const heard: string[] = [];
    const last = () => heard.push('last');
    departure.addEventListener('abort', () => departure.removeEventListener('abort', last));
    departure.addEventListener('abort', last);
    departure.abort();
    expect(heard).toEqual([]);
  });
});
