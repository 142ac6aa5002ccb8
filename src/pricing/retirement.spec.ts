import { retirementAlert } from './retirement';

const PRICED = { publicName: 'fast', provider: 'openai', upstreamModel: 'gpt-4.1' };
const on = (day: string) => retirementAlert(PRICED, '2027-01-14', Date.parse(`${day}T23:00:00Z`));

describe('the alert that a model ends', () => {
  it.each([
    ['2026-12-14', undefined],
    ['2026-12-15', 30],
    ['2027-01-14', 0],
    ['2027-01-20', -6],
  ])('on %s is about %s days', (day, days) => expect(on(day)?.data.days).toBe(days));

  it('is one a day for each model and deployment', () => {
    expect(on('2027-01-02')).toMatchObject({
      kind: 'model_retiring',
      dedupeKey: 'model_retiring:openai/gpt-4.1:fast:2027-01-02',
      data: { model: 'fast', deployment: 'openai/gpt-4.1', retires_on: '2027-01-14', days: 12 },
    });
  });

  it('is none for a day that is no date', () => expect(retirementAlert(PRICED, 'soon', 0)).toBeUndefined());
});
