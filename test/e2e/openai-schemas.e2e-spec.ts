import { BatchClient } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';
import { schemaFaults } from '../support/openai-schemas/schema-faults';
import { VendorServer } from '../support/vendors/vendor-server';

const TOOL = { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } };
const SCHEMA = {
  type: 'object',
  properties: { age: { type: 'integer' } },
  required: ['age'],
  additionalProperties: false,
};
/** The vendor, its model, and what breaks a stream of it. */
const MODELS = [
  ['the simulator', 'simulated', ''],
  ['OpenAI', 'gpt-5.4', '[[cut-after=6]]'],
  ['Anthropic', 'claude-opus-5-5', '[[cut]]'],
  ['Gemini', 'gemini-3.5-flash', '[[cut]]'],
] as const;
const CONFIG = `
providers:
  sim: { type: simulator }
models:
  simulated: { deployments: [{ provider: sim, model: gpt-5.4 }] }
  simulated-embedding: { deployments: [{ provider: sim, model: text-embedding-3-small }] }
`;

/** Members of a chat request, and of a request of Responses. */
const CASES: Record<string, { prompt: string; chat?: object; response?: object }> = {
  'a text': { prompt: '한국어로' },
  'a short limit': {
    prompt: 'one two three four five six seven eight nine ten [[stop=max_tokens]]',
    chat: { max_completion_tokens: 16 },
    response: { max_output_tokens: 16 },
  },
  'two tools': {
    prompt: '[[call=get_weather,get_time]]',
    chat: {
      tools: [
        { type: 'function', function: TOOL },
        { type: 'function', function: { ...TOOL, name: 'get_time' } },
      ],
    },
    response: {
      tools: [
        { type: 'function', ...TOOL, strict: false },
        { type: 'function', ...TOOL, name: 'get_time', strict: false },
      ],
    },
  },
  reasoning: {
    prompt: 'Think.',
    chat: { reasoning_effort: 'medium' },
    response: {
      reasoning: { effort: 'medium', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
      store: false,
    },
  },
  'a structured answer': {
    prompt: 'As JSON.',
    chat: { response_format: { type: 'json_schema', json_schema: { name: 'a', strict: true, schema: SCHEMA } } },
    response: { text: { format: { type: 'json_schema', name: 'a', strict: true, schema: SCHEMA } } },
  },
  'a refusal': { prompt: '[[refuse]] [[block]]' },
  'a broken stream': { prompt: 'one two three four five six BREAK' },
};

/** All that the gateway answers is as OpenAI's published schemas say, whichever vendor is behind. */
describe('OpenAI’s schemas', () => {
  let vendors: VendorServer;
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    vendors = await VendorServer.start();
    gateway = await startGateway({ env: { ...vendors.env, SIMULATOR: 'on' }, configFile: CONFIG });
    ({ key } = await gateway.createKey());
  });
  afterAll(async () => {
    await gateway?.stop();
    await vendors?.stop();
  });

  /** The events of a stream; one that fails before it begins is a JSON error. */
  const eventsOf = (text: any): any[] =>
    (typeof text === 'string' ? text : `data: ${JSON.stringify(text)}`)
      .split('\n')
      .filter((line) => line.startsWith('data: {'))
      .map((line) => JSON.parse(line.slice('data: '.length)));

  describe.each(MODELS)('with %s behind', (vendor, model, broken) => {
    it.each(Object.entries(CASES))('hold for chat completions: %s', async (name, { prompt, chat }) => {
      const body = {
        model,
        messages: [{ role: 'user', content: `chat ${vendor} ${name} ${prompt.replace('BREAK', broken)}` }],
        ...chat,
      };
      const whole = await gateway.request('POST', '/v1/chat/completions', key, body);
      const schema = whole.status === 200 ? 'CreateChatCompletionResponse' : 'ErrorResponse';
      expect(schemaFaults(schema, whole.body)).toEqual([]);
      const options = { include_usage: true };
      const streamed = { ...body, stream: true, stream_options: options, seed: 7 };
      const { body: text } = await gateway.request('POST', '/v1/chat/completions', key, streamed);
      const chunks = eventsOf(text);
      expect(chunks.length).toBeGreaterThan(0);
      for (const chunk of chunks) {
        const kind = 'error' in chunk ? 'ErrorResponse' : 'CreateChatCompletionStreamResponse';
        expect({ chunk, faults: schemaFaults(kind, chunk) }).toEqual({ chunk, faults: [] });
      }
    });

    it.each(Object.entries(CASES))('hold for Responses: %s', async (name, { prompt, response }) => {
      const body = { model, input: `responses ${vendor} ${name} ${prompt.replace('BREAK', broken)}`, ...response };
      const whole = await gateway.request('POST', '/v1/responses', key, body);
      expect(schemaFaults(whole.status === 200 ? 'Response' : 'ErrorResponse', whole.body)).toEqual([]);
      const streamed = { ...body, stream: true, metadata: { again: 'yes' } };
      const { body: text } = await gateway.request('POST', '/v1/responses', key, streamed, {
        'cache-control': 'no-cache',
      });
      const events = eventsOf(text);
      expect(events.length).toBeGreaterThan(0);
      for (const event of events) {
        const schema = 'type' in event ? EVENT_SCHEMAS[event.type] : 'ErrorResponse';
        expect({ event, faults: schemaFaults(schema ?? 'none', event) }).toEqual({ event, faults: [] });
      }
    });
  });

  it.each(['simulated-embedding', 'text-embedding-3-small'])('hold for embeddings of %s', async (model) => {
    for (const input of ['한국어', ['one', 'two', 'one']]) {
      const { status, body } = await gateway.request('POST', '/v1/embeddings', key, {
        model,
        input,
        encoding_format: 'float',
      });
      expect([status, body.object, schemaFaults('CreateEmbeddingResponse', body)]).toEqual([200, 'list', []]);
    }
    const { status, body } = await gateway.request('POST', '/v1/embeddings', key, { model, input: [] });
    expect([status, schemaFaults('ErrorResponse', body)]).toEqual([400, []]);
  });

  it('hold for models, files, batches and errors', async () => {
    const { body: models } = await gateway.request('GET', '/v1/models', key);
    expect(schemaFaults('ListModelsResponse', models)).toEqual([]);
    const { body: model } = await gateway.request('GET', '/v1/models/gpt-5.4', key);
    expect(schemaFaults('Model', model)).toEqual([]);
    const batches = new BatchClient(gateway, key);
    const line = (id: string, prompt: string) => ({
      custom_id: id,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'simulated', messages: [{ role: 'user', content: prompt }] },
    });
    const created = await gateway.request('POST', '/v1/batches', key, {
      endpoint: '/v1/chat/completions',
      completion_window: '24h',
      requests: [line('a', 'in a batch'), line('b', 'also in it')],
    });
    expect(schemaFaults('Batch', created.body)).toEqual([]);
    await batches.ended(created.body.id);
    const { body: ended } = await gateway.request('GET', `/v1/batches/${created.body.id}`, key);
    expect([ended.status, schemaFaults('Batch', ended)]).toEqual(['completed', []]);
    expect(schemaFaults('ListBatchesResponse', (await gateway.request('GET', '/v1/batches', key)).body)).toEqual([]);
    const { body: files } = await gateway.request('GET', '/v1/files', key);
    expect([files.data.length > 0, schemaFaults('ListFilesResponse', files)]).toEqual([true, []]);
    const [{ id: fileId }] = files.data;
    const { body: file } = await gateway.request('GET', `/v1/files/${fileId}`, key);
    expect(schemaFaults('OpenAIFile', file)).toEqual([]);
    const { body: gone } = await gateway.request('DELETE', `/v1/files/${fileId}`, key);
    expect(schemaFaults('DeleteFileResponse', gone)).toEqual([]);
    for (const [path, given] of [
      ['/v1/chat/completions', {}],
      ['/v1/responses', { model: 'no-such', input: 'x' }],
      ['/v1/batches', { endpoint: 'x' }],
    ] as const) {
      const { status, body } = await gateway.request('POST', path, key, given);
      expect([status >= 400, schemaFaults('ErrorResponse', body)]).toEqual([true, []]);
    }
  });
});

/** By the type of the event. */
const EVENT_SCHEMAS: Record<string, string> = {
  error: 'ResponseErrorEvent',
  'response.created': 'ResponseCreatedEvent',
  'response.in_progress': 'ResponseInProgressEvent',
  'response.completed': 'ResponseCompletedEvent',
  'response.failed': 'ResponseFailedEvent',
  'response.incomplete': 'ResponseIncompleteEvent',
  'response.output_item.added': 'ResponseOutputItemAddedEvent',
  'response.output_item.done': 'ResponseOutputItemDoneEvent',
  'response.content_part.added': 'ResponseContentPartAddedEvent',
  'response.content_part.done': 'ResponseContentPartDoneEvent',
  'response.output_text.delta': 'ResponseTextDeltaEvent',
  'response.output_text.done': 'ResponseTextDoneEvent',
  'response.refusal.delta': 'ResponseRefusalDeltaEvent',
  'response.refusal.done': 'ResponseRefusalDoneEvent',
  'response.function_call_arguments.delta': 'ResponseFunctionCallArgumentsDeltaEvent',
  'response.function_call_arguments.done': 'ResponseFunctionCallArgumentsDoneEvent',
  'response.reasoning_summary_part.added': 'ResponseReasoningSummaryPartAddedEvent',
  'response.reasoning_summary_part.done': 'ResponseReasoningSummaryPartDoneEvent',
  'response.reasoning_summary_text.delta': 'ResponseReasoningSummaryTextDeltaEvent',
  'response.reasoning_summary_text.done': 'ResponseReasoningSummaryTextDoneEvent',
};
