/** The shapes of the requests of coding agents, with their own members and headers. */

const object = (properties: object, required: string[]) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const BASH = object({ command: { type: 'string' }, timeout: { type: 'number' } }, ['command']);
const READ = object({ file_path: { type: 'string' }, offset: { type: 'integer', minimum: 0 } }, ['file_path']);

/** @see https://github.com/ggml-org/llama.cpp/pull/20623 the blocks of `system` */
export const CLAUDE_CODE = {
  path: '/v1/messages?beta=true',
  headers: {
    'anthropic-version': '2023-06-01',
    'anthropic-beta':
      'claude-code-20250219,interleaved-thinking-2025-05-14,context-management-2025-06-27,prompt-caching-scope-2026-01-05,effort-2025-11-24',
    'anthropic-dangerous-direct-browser-access': 'true',
    'user-agent': 'claude-cli/2.1.37 (external, cli)',
    'x-app': 'cli',
    'x-stainless-lang': 'js',
    'x-stainless-retry-count': '0',
  },
  body: (model: string, messages: object[]) => ({
    model,
    messages,
    system: [
      { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.37.0d9; cc_entrypoint=cli; cch=fa690;' },
      {
        type: 'text',
        text: "You are Claude Code, Anthropic's official CLI for Claude.",
        cache_control: { type: 'ephemeral' },
      },
      {
        type: 'text',
        text: '# System\nUse the tools to help the user.',
        cache_control: { type: 'ephemeral', ttl: '5m' },
      },
    ],
    tools: [
      { name: 'Bash', description: 'Runs a command', input_schema: BASH, eager_input_streaming: true },
      { name: 'Read', description: 'Reads a file', input_schema: READ, cache_control: { type: 'ephemeral' } },
    ],
    metadata: { user_id: 'user_0a1b2c_account__session_8f14e45f-ceea-467f-a9d1-2ffb2ee3f1b2' },
    max_tokens: 32_000,
    thinking: { type: 'adaptive' },
    context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
    output_config: { effort: 'medium' },
    stream: true,
  }),
};

/** @see https://github.com/openai/codex/blob/main/codex-rs/core/src/client.rs */
export const CODEX = {
  headers: {
    originator: 'codex_cli_rs',
    'user-agent': 'codex_cli_rs/0.98.0 (Linux; x86_64) xterm',
    session_id: '019a0b7e-0000-7000-8000-000000000001',
    accept: 'text/event-stream',
  },
  body: (model: string, input: object[]) => ({
    model,
    instructions: 'You are a coding agent running in the Codex CLI.',
    input,
    tools: [
      {
        type: 'function',
        name: 'exec_command',
        description: 'Runs a command in a PTY',
        strict: false,
        parameters: {
          type: 'object',
          properties: { cmd: { type: 'string' }, yield_time_ms: { type: 'number' } },
          required: ['cmd'],
          additionalProperties: false,
        },
      },
      {
        type: 'function',
        name: 'update_plan',
        description: 'Updates the plan',
        strict: false,
        parameters: {
          type: 'object',
          properties: { plan: { type: 'array', items: { type: 'object', properties: { step: { type: 'string' } } } } },
          required: ['plan'],
          additionalProperties: false,
        },
      },
    ],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    reasoning: { effort: 'medium', summary: 'auto' },
    store: false,
    stream: true,
    include: ['reasoning.encrypted_content'],
    prompt_cache_key: '019a0b7e-0000-7000-8000-000000000001',
    text: { verbosity: 'medium' },
    client_metadata: { 'x-codex-installation-id': '6f0e1e1a-0000-4000-8000-000000000002' },
  }),
};
