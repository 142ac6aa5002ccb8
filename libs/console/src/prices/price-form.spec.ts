import { emptyPrice, isCompletePrice, newPrice } from './price-form';

const rates = { ...emptyPrice('gpt-4.1'), input_usd_per_mtok: '2', output_usd_per_mtok: '8' };
const factor = { ...emptyPrice(undefined), kind: 'multiplier', multiplier: '0.8' } as const;

describe('the form of a price', () => {
  it.each([
    [rates, true],
    [{ ...rates, model: ' ' }, false],
    [{ ...rates, output_usd_per_mtok: '' }, false],
    [{ ...rates, input_usd_per_mtok: '2,5' }, false],
    [{ ...rates, input_usd_per_mtok: '-1' }, false],
    [{ ...rates, cached_input_usd_per_mtok: '0.5' }, true],
    [{ ...rates, cached_input_usd_per_mtok: 'half' }, false],
    [factor, true],
    [{ ...factor, multiplier: '1e2' }, false],
  ])('%j is complete: %s', (form, isComplete) => {
    expect(isCompletePrice(form)).toBe(isComplete);
  });

  it('sends rates as they are typed, and nothing of fields that are empty', () => {
    expect(newPrice({ ...rates, note: ' ' }, undefined)).toEqual({
      model: 'gpt-4.1',
      input_usd_per_mtok: '2',
      output_usd_per_mtok: '8',
    });
    const begin = new Date('2026-11-30T15:00:00Z');
    const price = { ...rates, cached_input_usd_per_mtok: '0.5', team_id: 'team_1', provider: ' openai ', note: 'Q4' };
    expect(newPrice(price, begin)).toEqual({
      model: 'gpt-4.1',
      provider: 'openai',
      team_id: 'team_1',
      valid_from: '2026-11-30T15:00:00.000Z',
      note: 'Q4',
      input_usd_per_mtok: '2',
      output_usd_per_mtok: '8',
      cached_input_usd_per_mtok: '0.5',
    });
  });

  it('sends a factor without rates, for all models where none is named', () => {
    const price = { ...factor, input_usd_per_mtok: '2' };
    expect(newPrice(price, undefined)).toEqual({ multiplier: '0.8' });
    expect(newPrice({ ...price, model: 'gpt-4.1' }, undefined)).toEqual({ model: 'gpt-4.1', multiplier: '0.8' });
  });
});
