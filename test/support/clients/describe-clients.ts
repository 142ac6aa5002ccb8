import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type RunningGateway, startGateway } from '../gateway';
import { VendorServer } from '../vendors/vendor-server';
import { CLIENTS, type Client } from './clients';
import { type PlayedStory, type Result, STORIES } from './stories';
import { FAMILIES } from './families';

/** `.ci/run` installs other people's packages there. */
const NODE_PACKAGES = join(__dirname, '../../../.ci/clients/node_modules/ai');
const env = {
  ...process.env,
  PYTHONPATH: [join(__dirname, '../../../.ci/python'), process.env['PYTHONPATH']].join(delimiter),
};
const hasPython = spawnSync('python3', ['-c', 'import langchain_anthropic, langchain_openai'], { env }).status === 0;
const IS_THERE = { own: true, node: existsSync(NODE_PACKAGES), python: hasPython };
const TIMEOUT_MS = 600_000;

/** Other people's clients, each with each vendor behind the gateway, on the API that it speaks. Skipped where not installed. */
export function describeClients(from: Client['from']): void {
  let vendors: VendorServer;
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    vendors = await VendorServer.start();
    gateway = await startGateway({ env: vendors.env });
    ({ key } = await gateway.createKey());
  });
  afterAll(async () => {
    await gateway?.stop();
    await vendors?.stop();
  });

  for (const client of CLIENTS.filter((each) => each.from === from)) {
    const stories = Object.entries(FAMILIES).flatMap(([vendor, { model, failing }]) =>
      Object.entries(STORIES).map(([name, { play, fails }]): PlayedStory => {
        const id = `${vendor} ${name}`;
        const { prompt, ...rest } = play;
        return { id, model: fails ? failing : model, prompt: `${client.name} ${id}: ${prompt}`, ...rest };
      }),
    );

    (IS_THERE[from] ? describe : describe.skip)(client.name, () => {
      let results: Record<string, Result>;
      beforeAll(async () => {
        const program = from === 'python' ? 'python3' : process.execPath;
        const file = join(__dirname, from === 'python' ? 'run.py' : 'run.mjs');
        results = JSON.parse(await run(program, [file, client.name], { url: gateway.url, key, stories }));
      }, TIMEOUT_MS);

      describe.each(Object.entries(FAMILIES))('with %s behind', (vendor, family) => {
        it.each(Object.entries(STORIES))('%s', (name, { check, play }) => {
          const id = `${vendor} ${name}`;
          const result = results[id] ?? { error: { class: 'none', status: 0, message: 'not played' } };
          const calls = family.calls(vendors).filter((body) => JSON.stringify(body)?.includes(`${client.name} ${id}:`));
          check({
            play,
            result,
            calls,
            client,
            family,
            prompt: stories.find((story) => story.id === id)?.prompt ?? '',
          });
        });
      });
    });
  }
}

/** Plays one story with a client of `run.mjs`. @returns undefined where its packages are not installed */
export async function playOnNode(
  name: string,
  world: { url: string; key: string },
  story: PlayedStory,
): Promise<Result | undefined> {
  if (!IS_THERE.node) return undefined;
  const file = join(__dirname, 'run.mjs');
  const results = JSON.parse(await run(process.execPath, [file, name], { ...world, stories: [story] }));
  return results[story.id];
}

function run(program: string, args: string[], input: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const [out, err]: [string[], string[]] = [[], []];
    child.stdout.on('data', (data: Buffer) => out.push(data.toString('latin1')));
    child.stderr.on('data', (data: Buffer) => err.push(data.toString()));
    child.once('close', (code) => {
      if (code === 0) resolve(Buffer.from(out.join(''), 'latin1').toString());
      else reject(new Error(`${args.join(' ')} ended with ${String(code)}:\n${err.join('')}`));
    });
    child.stdin.end(JSON.stringify(input));
  });
}
