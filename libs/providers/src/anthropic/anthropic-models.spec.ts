import { claudeModel } from './anthropic-models';

describe('what a Claude model takes', () => {
  it.each([
    ['claude-sonnet-4-5', 'claude-sonnet-4-5-20250929'],
    ['claude-sonnet-4', 'claude-sonnet-4-20250514'],
    ['claude-opus-4-6', 'anthropic/claude-opus-4-6'],
    ['claude-haiku-4-5', 'eu.anthropic.claude-haiku-4-5@20251001'],
    ['claude-opus-5-5', 'claude-opus-5-5-latest'],
    ['claude-opus-5-5', 'claude-of-tomorrow-9'],
    ['claude-3-haiku-20240307', 'another-vendors-model'],
  ])('of %s is that of %s', (name, other) => expect(claudeModel(other)).toEqual(claudeModel(name)));

  it.each<[string, boolean, boolean, string, boolean, string | undefined]>([
    ['claude-3-5-haiku-20241022', true, true, 'yes', false, 'disabled'],
    ['claude-haiku-4-5', true, true, 'without_thinking', false, 'disabled'],
    ['claude-sonnet-4-6', true, false, 'yes', false, 'disabled'],
    ['claude-opus-4-7', false, false, 'yes', false, 'disabled'],
    ['claude-opus-4-8', false, false, 'yes', false, 'disabled'],
    ['claude-sonnet-5', false, false, 'yes', true, 'disabled'],
    ['claude-opus-5', false, false, 'yes', true, 'disabled'],
    ['claude-haiku-5-5', false, false, 'yes', true, 'disabled'],
    ['claude-sonnet-5-5', false, false, 'no', true, 'between_tools'],
    ['claude-opus-5-5', false, false, 'no', true, undefined],
    ['claude-fable-5', false, false, 'yes', true, undefined],
    ['claude-mythos-5', false, false, 'yes', true, undefined],
    ['claude-fable-5-1', false, false, 'no', true, undefined],
    ['claude-fable-5-2', false, false, 'no', true, undefined],
    ['claude-mythos-5-1', false, false, 'no', true, undefined],
  ])('%s: sampling %s, prefill %s, forced tools %s, thinks by default %s, least %s', (name, ...expected) => {
    const { sampling, prefill, forcedTools, thinksByDefault, leastThinking } = claudeModel(name);
    expect([sampling, prefill, forcedTools, thinksByDefault, leastThinking]).toEqual(expected);
  });
});
