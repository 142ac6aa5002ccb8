import { OpenStreams } from './open-streams.service';

describe('the open streams', () => {
  it('are 20 of a key at most; one that ends makes room, once', () => {
    const streams = new OpenStreams();
    const [close] = Array.from({ length: 20 }, () => streams.open('key_1'));
    expect(() => streams.open('key_1')).toThrow(expect.objectContaining({ code: 'rate_limit_exceeded' }));
    streams.open('key_2');
    close?.();
    close?.();
    streams.open('key_1');
    expect(() => streams.open('key_1')).toThrow(expect.objectContaining({ code: 'rate_limit_exceeded' }));
  });
});
