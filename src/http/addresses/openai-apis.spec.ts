import { unservedApi } from './openai-apis';

const SERVED = new Set(['chat', 'models', 'files', 'batches', 'embeddings']);
const COMPLETIONS = 'This gateway keeps no completions to show, change or delete';

describe('unservedApi', () => {
  it.each([
    ['/v1/uploads', "This gateway does not serve OpenAI's uploads"],
    ['/openai/v1/fine_tuning/jobs', "This gateway does not serve OpenAI's fine_tuning"],
    ['/images/edits', "This gateway does not serve OpenAI's images"],
    ['/v1/embeddings', undefined],
    ['/v1/completions', undefined],
    ['/v1/files/images', undefined],
    ['/admin/projects', undefined],
    ['/v1/chat/completions/id', COMPLETIONS],
    ['/v1/chat/completions/id/messages', COMPLETIONS],
    ['/v1/chat/completions/chat/completions', undefined],
    ['/v1/chat/completions', undefined],
    ['/v1', undefined],
    ['/', undefined],
  ])('C5: %s: %s', (path, expected) => {
    const segments = path.split('/').filter((segment) => segment !== '');
    expect(unservedApi(segments, SERVED)).toBe(expected);
  });
});
