import { chatCompletions, openAi, translatorFor } from '@thriftgate/providers';
import { redactedApi } from './redacted-api';

const SECRET = 'kg+unusual/0815==';

function errorOf(secrets: string[], body: unknown, status = 400) {
  const translator = translatorFor(chatCompletions, redactedApi(openAi, secrets));
  if (!translator) throw new Error('no translator');
  return translator.toError({ status, headers: {}, body: JSON.stringify(body) });
}

describe('A11: errors of an upstream', () => {
  it.each(['message', 'type', 'code', 'param'] as const)('never have the credential in %s', (member) => {
    const error = errorOf([SECRET], { error: { message: 'm', [member]: `key ${SECRET} and ${SECRET}` } });
    expect(error[member]).toBe('key *** and ***');
  });

  it('never have a part of the longer of two secrets', () => {
    expect(errorOf(['abcd1234', 'abcd1234-efgh'], { error: { message: 'abcd1234-efgh' } }).message).toBe('***');
  });

  it('never have the begin of a credential that is cut off', () => {
    const { message } = errorOf([SECRET], { error: { message: `${'x'.repeat(1_990)} ${SECRET}` } });
    expect(message).not.toContain(SECRET.slice(0, 6));
  });

  it('never have the rest of a credential with a known form within', () => {
    const secret = 'acme/rk_live_abcdefgh.SECRETTAIL0123456789';
    expect(errorOf([secret], { error: { message: `key ${secret}` } }).message).toBe('key ***');
  });

  it('are read also where the credential is a word of theirs', () => {
    const body = { error: { message: 'no such model', code: 'model_not_found' } };
    expect(errorOf(['error'], body, 404)).toMatchObject({ message: 'no such model', code: 'model_not_found' });
  });

  it('stay as they are without a credential', () => {
    expect(redactedApi(openAi, [''])).toBe(openAi);
  });
});
