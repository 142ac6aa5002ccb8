import { masked } from './webhook-url';

describe('the address of a webhook', () => {
  it('is masked except its host and its end', () => {
    expect(masked('https://hooks.slack.com/services/T01234567/B01234567/a1B2c3D4e5F6g7H8')).toBe(
      'https://hooks.slack.com/…g7H8',
    );
    expect(masked('https://chat.example.com/a1b2?token=c3')).toBe('https://chat.example.com/…');
  });
});
