import { claudeModel } from '../anthropic/anthropic-models';
import { OPENAI_VENDORS } from '../compatible/records/openai';
import { rulesFor } from '../compatible/request/rewrite';
import { capabilitiesOf } from '../gemini/gemini-models';
import * as file from './model-facts.json';
import { factsOf, type ModelFacts } from './model-facts';

const factsIn = (models: Record<string, ModelFacts>) => Object.entries(models);

describe('what the sources say of a model', () => {
  it('has their versions and their day', () => {
    expect(file.source).toEqual({
      date: expect.stringMatching(/^\d{4}-/),
      litellm: expect.any(String),
      'pi-ai': expect.any(String),
    });
  });

  it('is found with and without a date, and by own names alone', () => {
    expect(factsOf('openai', 'gpt-5.4-2026-03-05')).toEqual(factsOf('openai', 'gpt-5.4'));
    expect(factsOf('openai', 'o3-mini-2025-01-31')).toEqual({ efforts: ['low', 'medium', 'high'], lacks: ['image'] });
    expect(factsOf('openai', 'constructor')).toEqual({});
  });

  it.each(factsIn(file.anthropic))('is what %s takes, and agrees with what is written by hand', (name, facts) => {
    const model = claudeModel(name);
    expect([model.sampling, model.prefill]).toEqual([facts.sampling ?? true, facts.prefill]);
    expect(model.efforts).toEqual(facts.efforts ?? []);
    if (facts.laterSystem !== undefined) expect(model.laterSystem).toBe(facts.laterSystem);
    expect(model.thinking === 'adaptive').toBe(facts.adaptiveThinking ?? false);
    expect(model.forcedTools === 'no').toBe(facts.forcedTools === false);
  });

  it.each(factsIn(file.gemini))('is what %s takes', (name, { sampling, efforts }) => {
    const model = capabilitiesOf(name);
    if (sampling !== undefined) expect(model.sampling).toBe(sampling);
    const levels =
      model.thinking.by === 'level' ? model.thinking.levels.map((level) => level.toLowerCase()) : undefined;
    if (efforts !== undefined) expect(levels).toEqual(efforts);
  });

  it.each(Object.keys(file.openai))('is what %s takes; models that reason take no sampling', (name) => {
    const { efforts, responsesOnly } = factsOf('openai', name);
    const rules = rulesFor(OPENAI_VENDORS.openai.quirks, name);
    expect(rules.responsesOnly).toBe(responsesOnly);
    expect(rules.reasoning?.levels).toEqual(efforts);
    const dropped = [...(rules.dropped ?? []), ...(rules.whileReasoning?.dropped ?? [])];
    if (responsesOnly) expect(dropped).toContain('temperature');
  });
});
