import { isRetargeted, sentDeployments, toValues } from './deployment-values';

const deployment = { provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 3, max_parallel: null };

describe('the fields of deployments', () => {
  it('are sent as they came, without what has no limit', () => {
    expect(sentDeployments(toValues([deployment, { ...deployment, max_parallel: 5 }]))).toEqual([
      { provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 3 },
      { provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 3, max_parallel: 5 },
    ]);
  });

  describe('are another target', () => {
    const [same] = toValues([deployment]);
    if (!same) throw new Error('no values');

    it.each([
      ['another order and weight', [{ ...same, weight: 1, priority: 2, model: ' gpt-4.1 ' }], false],
      ['the same deployment twice', [same, same], false],
      ['a fallback to another upstream model', [same, { ...same, model: 'gpt-5', priority: 2 }], false],
      ['a fallback at another provider', [same, { ...same, provider: 'backup', model: 'gpt-5', priority: 2 }], false],
      ['another upstream model', [{ ...same, model: 'gpt-5' }], true],
      ['another provider of the upstream model', [same, { ...same, provider: 'backup' }], true],
      ['another upstream model that is tried first', [same, { ...same, model: 'gpt-5', priority: 0 }], true],
    ])('by %s', (_, after, isOther) => {
      expect(isRetargeted([same], after)).toBe(isOther);
    });
  });
});
