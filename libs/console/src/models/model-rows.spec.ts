import type { AdminModel } from '@thriftgate/contracts';
import { type DeploymentState, fallbackChains, foldNames, modelRows } from './model-rows';

const model = (members: Partial<AdminModel>) => ({ name: 'assistant', fallbacks: {}, ...members }) as AdminModel;
const deployment = (provider: string, priority: number, weight = 1) => ({
  provider,
  model: 'gpt-4.1',
  priority,
  weight,
  max_parallel: null,
});
const state = (name: string, requests: number) =>
  ({ deployment: name, health: { last_24h: { requests } } }) as DeploymentState;

describe('the rows of models', () => {
  it('have deployments in the order in which calls try them, with the state of each', () => {
    const deployments = [deployment('backup', 2), deployment('eu', 1), deployment('us', 1, 3)];
    const [row] = modelRows([model({ deployments })], [state('us/gpt-4.1', 5), state('backup/gpt-4.1', 2)]);
    expect(row?.deployments.map(({ name, state: known }) => [name, known?.health.last_24h.requests])).toEqual([
      ['us/gpt-4.1', 5],
      ['eu/gpt-4.1', undefined],
      ['backup/gpt-4.1', 2],
    ]);
    expect(row?.requests).toBe(7);
  });

  it('have one chain for reasons that lead to the same models', () => {
    const fallbacks = { error: ['a', 'b'], rate_limit: ['a', 'b'], context_too_long: ['long'], content_filter: [] };
    expect(fallbackChains(model({ fallbacks }))).toEqual([
      { reasons: ['error', 'rate_limit'], models: ['a', 'b'] },
      { reasons: ['context_too_long'], models: ['long'] },
    ]);
  });

  it('are one for two names of the catalogue that differ in nothing else', () => {
    const named = (name: string, members: Partial<AdminModel> = {}) =>
      model({ name, source: 'catalogue', generation: 1, deployments: [deployment('openai', 1)], ...members });
    const names = (...models: AdminModel[]) =>
      foldNames(modelRows(models)).map((row) => [row.model.name, ...row.otherNames]);
    expect(names(named('openai/gpt-4.1'), named('gpt-4.1'))).toEqual([['gpt-4.1', 'openai/gpt-4.1']]);
    expect(names(named('openai/gpt-4.1'))).toEqual([['openai/gpt-4.1']]);
    for (const own of [{ generation: 2 }, { version: '2026-11' }, { source: 'admin' as const }])
      expect(names(named('openai/gpt-4.1', own), named('gpt-4.1'))).toEqual([['openai/gpt-4.1'], ['gpt-4.1']]);
    expect(names(named('assistant'), named('gpt-4.1'))).toEqual([['assistant'], ['gpt-4.1']]);
  });
});
