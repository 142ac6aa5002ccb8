import { execFileSync } from 'node:child_process';
import { curlOf, shellQuoted } from './curl';

describe('a call for a shell', () => {
  it('has the model, and a variable in the place of the key', () => {
    const text = curlOf({ endpoint: '/v1/chat/completions', model: 'gpt-4.1', stream: true }, 'https://llm.example');
    expect(text).toContain("curl 'https://llm.example/v1/chat/completions'");
    expect(text).toContain('Bearer $OPENAI_API_KEY');
    expect(text).toContain('"stream":true');
  });

  it.each(["it's", '$(reboot)', '`id`', '"; rm -rf /', 'a\nb', '\\'])('keeps %j as it is', (text) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellQuoted(text)}`], { encoding: 'utf8' })).toBe(text);
  });
});
