import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { issuePath } from '../common/zod-issues';
import { environmentSchema } from './environment';
import { GatewayConfig } from './gateway-config';
import { type GatewayFile, gatewayFileSchema, substituteVariables } from './gateway-file';
import { providerProblems } from './provider-settings';

/** All problems of the configuration, in a message for the operator. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} ${problems.length === 1 ? 'error' : 'errors'}:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/**
 * Reads the environment and `gateway.yaml`.
 *
 * @param directory base of relative paths
 * @param options.serves false for a command that serves no calls and so needs no provider
 * @throws ConfigError that names every problem at once
 */
export function loadConfig(
  env: NodeJS.ProcessEnv = process.env,
  directory: string = process.cwd(),
  { serves = true }: { serves?: boolean } = {},
): GatewayConfig {
  const problems: string[] = [];
  const set = withProxies(setVariables(env));
  const environment = environmentSchema.safeParse(set);
  if (!environment.success) problems.push(...describe(environment.error, ''));
  const file = readGatewayFile(set, directory, problems);
  if (file && serves) problems.push(...providerProblems(set, file));
  if (!environment.success || !file || problems.length > 0) throw new ConfigError(problems);
  return new GatewayConfig({ ...environment.data, DATA_DIR: resolve(directory, environment.data.DATA_DIR) }, file);
}

/** The variables with a value, trimmed: files and shells may leave white space around it. */
function setVariables(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const trimmed = Object.entries(env).map(([name, value = '']) => [name, value.trim()] as const);
  return Object.fromEntries(trimmed.filter(([, value]) => value !== ''));
}

/** Proxies are often set in lower case, which curl and most others read first. */
function withProxies(env: Record<string, string | undefined>): Record<string, string | undefined> {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];
  return { ...env, ...Object.fromEntries(names.map((name) => [name, env[name.toLowerCase()] ?? env[name]])) };
}

function readGatewayFile(
  env: Record<string, string | undefined>,
  directory: string,
  problems: string[],
): GatewayFile | undefined {
  const named = env.GATEWAY_CONFIG;
  const path = resolve(directory, named || 'gateway.yaml');
  if (!existsSync(path)) {
    if (named) problems.push(`GATEWAY_CONFIG: there is no file ${path}`);
    return named ? undefined : gatewayFileSchema.parse({});
  }
  let content: unknown;
  try {
    content = parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    problems.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
  const missing = new Set<string>();
  const substituted = substituteVariables(content, env, missing);
  for (const variable of missing) problems.push(`${path}: \${${variable}} is used, and ${variable} is not set`);
  const result = gatewayFileSchema.safeParse(substituted);
  if (!result.success) problems.push(...describe(result.error, `${path}: `));
  return result.success ? result.data : undefined;
}

function describe(error: z.ZodError, prefix: string): string[] {
  return error.issues.map((issue) => `${prefix}${issuePath(issue)}: ${issue.message}`);
}
