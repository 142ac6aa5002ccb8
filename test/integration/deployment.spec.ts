import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const read = (name: string) => readFileSync(resolve(__dirname, '../..', name), 'utf8');

const health = z.strictObject({
  test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])], z.string()),
  interval: z.string(),
  timeout: z.string(),
  retries: z.int(),
  start_period: z.string(),
});

/**
 * The members of the Compose specification that the file uses.
 * @see https://github.com/compose-spec/compose-spec/blob/main/05-services.md
 */
const composeSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  services: z.record(
    z.string(),
    z.strictObject({
      build: z.string().optional(),
      image: z.string(),
      init: z.boolean().optional(),
      restart: z.literal('unless-stopped'),
      stop_grace_period: z
        .string()
        .regex(/^\d+s$/)
        .optional(),
      ports: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).default({}),
      volumes: z.array(z.string()).default([]),
      depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).default({}),
      read_only: z.boolean().optional(),
      tmpfs: z.array(z.string()).optional(),
      cap_drop: z.array(z.string()).optional(),
      security_opt: z.array(z.string()).optional(),
      command: z.array(z.string()).default([]),
      healthcheck: health.optional(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});

const compose = composeSchema.parse(parse(read('docker-compose.yml')));
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile')
  .replaceAll(/\\\n\s*/g, '')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));
const stages = dockerfile.filter((line) => line.startsWith('FROM '));
const finalStage = dockerfile.slice(dockerfile.findLastIndex((line) => line.startsWith('FROM ')));

/** The value after an option of redis-server. */
function redisOption(service: string, option: string): string | undefined {
  const command = compose.services[service]?.command ?? [];
  const index = command.indexOf(`--${option}`);
  return index < 0 ? undefined : command[index + 1];
}

describe('docker-compose.yml', () => {
  it('runs the gateway, PostgreSQL and two Redis', () => {
    expect(services.map(([name]) => name)).toEqual(['gateway', 'postgres', 'redis-cache', 'redis-queue']);
  });

  it('requires every password and key, and contains none', () => {
    const values = services.flatMap(([, { environment, command }]) => [
      ...Object.entries(environment).filter(([name]) => /PASSWORD|AUTH|^(ADMIN|SECRET)_KEY$/.test(name)),
      ...command.flatMap((word, index) => (word === '--requirepass' ? [[word, command[index + 1] ?? '']] : [])),
    ]);
    expect(values).toHaveLength(7);
    for (const [, value] of values) expect(value).toMatch(/^\$\{(\w+):\?set \1\}$/);
    const urls = services.flatMap(([, { environment }]) => Object.values(environment)).filter((v) => v.includes('@'));
    expect(urls).toHaveLength(3);
    for (const url of urls) expect(url).toMatch(/:\$\{(\w+):\?set \1\}@/);
    for (const [, { environment }] of services) {
      for (const [name, value] of Object.entries(environment)) {
        if (name.endsWith('_API_KEY')) expect(value).toBe(`\${${name}:-}`);
      }
    }
  });

  it('has every variable in .env.example, without a value if it is secret', () => {
    const asked = new Set([...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
    const lines = read('.env.example')
      .split('\n')
      .filter((line) => /^\w+=/.test(line));
    const told = new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
    expect([...told.keys()].toSorted()).toEqual([...asked].toSorted());
    for (const [name, value] of told) if (/PASSWORD|_KEY$/.test(name)) expect(value).toBe('');
  });

  it('lets the cache Redis evict, but not the queue Redis', () => {
    expect(redisOption('redis-cache', 'maxmemory')).toBe('${REDIS_CACHE_MAXMEMORY:-512mb}');
    expect(redisOption('redis-cache', 'maxmemory-policy')).toBe('allkeys-lru');
    expect(redisOption('redis-queue', 'maxmemory-policy')).toBe('noeviction');
    expect(redisOption('redis-queue', 'appendonly')).toBe('yes');
    expect(compose.services['redis-queue']?.volumes).toEqual(['redis-queue-data:/data']);
  });

  it('passes both Redis URLs to the gateway', () => {
    const { REDIS_URL, QUEUE_REDIS_URL, DATABASE_URL } = compose.services['gateway']?.environment ?? {};
    expect(REDIS_URL).toContain('@redis-cache:');
    expect(QUEUE_REDIS_URL).toContain('@redis-queue:');
    expect(DATABASE_URL).toContain('@postgres:');
  });

  it('checks the health of every service, and waits for it', () => {
    const unchecked = services.filter(([, service]) => service.healthcheck === undefined);
    expect(unchecked.map(([, { build }]) => build)).toEqual(['.']);
    expect(finalStage.some((line) => line.startsWith('HEALTHCHECK '))).toBe(true);
    const others = services.map(([name]) => name).filter((name) => name !== 'gateway');
    expect(Object.keys(compose.services['gateway']?.depends_on ?? {})).toEqual(others);
  });

  it('publishes only the gateway, and only to this machine', () => {
    expect(services.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['gateway']);
    expect(compose.services['gateway']?.ports).toEqual(['${BIND_ADDRESS:-127.0.0.1}:${PORT:-3000}:3000']);
  });

  it('stores persistent data in declared volumes', () => {
    const used = services.flatMap(([, { volumes }]) => volumes.map((volume) => volume.split(':')[0]));
    expect(used.toSorted()).toEqual(Object.keys(compose.volumes).toSorted());
  });

  it('gives the gateway time to drain', () => {
    expect(Number.parseInt(compose.services['gateway']?.stop_grace_period ?? '0', 10)).toBeGreaterThan(60);
  });
});

describe('Dockerfile', () => {
  it('builds and runs on Node 24', () => {
    expect(stages).toEqual(['FROM node:24-slim AS build', 'FROM node:24-slim']);
  });

  it('runs as a user other than root, and stops on SIGTERM', () => {
    const user = finalStage.findIndex((line) => line === 'USER node');
    expect(user).toBeGreaterThan(0);
    expect(finalStage.slice(user).some((line) => line.startsWith('USER ') && line !== 'USER node')).toBe(false);
    expect(finalStage).toContain('STOPSIGNAL SIGTERM');
    expect(finalStage.at(-1)).toBe('CMD ["node", "dist/src/main.js"]');
  });

  it('runs no install scripts and omits development packages', () => {
    const installs = dockerfile.filter((line) => /npm (ci|install|prune)/.test(line));
    expect(installs).toHaveLength(2);
    for (const line of installs) expect(line).toContain('--ignore-scripts');
    expect(installs.at(-1)).toContain('npm prune --omit=dev');
  });

  it('has a health check that is valid JavaScript', () => {
    const [, command = ''] = finalStage.find((line) => line.startsWith('HEALTHCHECK '))?.split(' CMD ') ?? [];
    const words = z.array(z.string()).parse(JSON.parse(command));
    expect(words.slice(0, 2)).toEqual(['node', '-e']);
    expect(() => new Function(words[2] ?? '')).not.toThrow();
    expect(words[2]).toContain('/health/ready');
  });

  it('copies only files that .dockerignore does not exclude', () => {
    const allowed = read('.dockerignore').split('\n');
    const copied = dockerfile
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1));
    expect(allowed[0]).toBe('*');
    for (const path of copied) expect(allowed).toContain(`!${path}`);
  });
});
