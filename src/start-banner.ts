import type { GatewayConfig } from './config/gateway-config';
import type { ProviderRegistry } from './providers/provider-registry.service';

const SIMULATOR_LINES = {
  all: ['  No provider key is set: a built-in simulator answers. Set OPENAI_API_KEY to ask the real thing.'],
  some: ['  The built-in simulator answers for a part of the models.'],
  none: [],
};

/** The few lines that a person who started the gateway needs. */
export function startBanner(facts: {
  url: string;
  config: GatewayConfig;
  providers: ProviderRegistry;
  adminKey: string | undefined;
}): string {
  const { config, providers, adminKey } = facts;
  const url = facts.url.replace('[::1]', 'localhost').replace('0.0.0.0', 'localhost');
  const key = adminKey ?? '$ADMIN_KEY';
  const model = Object.keys(config.models)[0] ?? 'gpt-6.1-terra';
  return [
    '',
    `  Thriftgate is ready at ${url}`,
    ...(adminKey ? [`  Admin key   ${adminKey}   (shown this once: keep it)`] : []),
    ...(config.console ? [`  Console     ${url}/console`] : []),
    `  API docs    ${url}/docs`,
    `  Storage     ${config.databaseUrl ? 'PostgreSQL' : `embedded, in ${config.dataDirectory}`}${config.redisUrl ? ', Redis' : ''}`,
    ...SIMULATOR_LINES[providers.simulated],
    '  Try it:',
    `    curl ${url}/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\`,
    `      -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
    '',
    '',
  ].join('\n');
}
