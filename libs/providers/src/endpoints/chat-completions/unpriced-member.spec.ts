import { unpricedMember } from './unpriced-member';

describe('A21: a member that no price of tokens covers', () => {
  it.each<[Record<string, unknown>, string | undefined]>([
    [{ web_search_options: {} }, 'web_search_options'],
    [{ search_parameters: { mode: 'auto' } }, 'search_parameters'],
    [{ models: ['openai/o3'] }, 'models'],
    [{ route: 'fallback' }, 'route'],
    [{ plugins: [{ id: 'web' }] }, 'plugins'],
    [{ enable_search: true }, 'enable_search'],
    [{ search_options: { search_strategy: 'max' } }, 'search_options'],
    [{ tools: [{ google_search: {} }] }, 'tools.0'],
    [{ modalities: ['text', 'audio'], audio: { voice: 'alloy' } }, 'modalities'],
    [{ audio: { voice: 'alloy' } }, 'audio'],
    [{ tools: [{ type: 'function', function: { name: 'a' } }, { type: 'web_search' }] }, 'tools.1'],
    [{ tools: [{ type: 'function' }, { type: 'custom' }], modalities: ['text'] }, undefined],
    [{ web_search_options: null, models: [], audio: null, enable_search: false }, undefined],
    [{ tools: [{ function: { name: 'a' } }] }, undefined],
    [{}, undefined],
  ])('of %j is %s', (body, member) => expect(unpricedMember(body)).toBe(member));
});
