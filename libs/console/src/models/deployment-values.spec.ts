import { isRetargeted, sentDeployments, toValues } from './deployment-values';

const deployment = { provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 3, max_parallel: null };

describe('the fields of deployments', () => {
  it('are sent as they came, without what has no limit', () => {
    expect(sentDeployments(toValues([deployment, { ...deployment, max_parallel: 5 }]))).toEqual([
      { provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 3 },
      { provider: 'openai', model: 'gpt-4.1', priority: 1, weight: 3, max_parallel: 5 },
    ]);
  });

  it('start a new generation by another target alone', () => {
    const [same] = toValues([deployment]);
    if (!same) throw new Error('no values');
    expect(isRetargeted([deployment], [{ ...same, weight: 1, priority: 2, model: ' gpt-4.1 ' }])).toBe(false);
    expect(isRetargeted([deployment], [same, same])).toBe(false);
    expect(isRetargeted([deployment], [{ ...same, model: 'gpt-5' }])).toBe(true);
    expect(isRetargeted([deployment], [same, { ...same, provider: 'backup' }])).toBe(true);
  });
});
