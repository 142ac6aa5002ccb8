import type { ModelObject } from '@thriftgate/contracts';
import { usualModel } from './usual-model';

const model = (id: string, output: string, isEstimated = false) =>
  ({ id, gateway: { output_usd_per_mtok: output, price_estimated: isEstimated } }) as ModelObject;

describe('the model of a first call', () => {
  it('is the cheapest one that chats and has a price', () => {
    expect(
      usualModel([
        model('gpt-5', '10'),
        model('text-embedding-3-small', '0.02'),
        model('free', '0'),
        model('new', '0.01', true),
        model('gpt-5-nano', '0.4'),
        model('gpt-5-mini', '2.00'),
      ]),
    ).toBe('gpt-5-nano');
  });

  it('is a usual one where it may be called, and any one where no other is known', () => {
    expect(usualModel([model('gpt-5-nano', '0.4'), model('gpt-4.1-mini', '1.6')])).toBe('gpt-4.1-mini');
    expect(usualModel([model('own', '0')])).toBe('own');
    expect(usualModel([])).toBe('gpt-4.1-mini');
  });
});
