import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { validate } from '@readme/openapi-parser';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020';
import { version } from '../../../package.json';
import { BudgetExceededError } from '../../budgets/holds/budget-exceeded';
import { BudgetWindow } from '../../budgets/holds/budget-window';
import { previewApi } from '../../cli/preview-api';
import { GatewayError } from '../../common/errors';
import { parseUsd } from '../../common/money';
import { API_TAGS } from './api-tags';
import { ERROR_EXAMPLES } from './error-responses';

const COMMITTED = resolve(__dirname, '../../../docs/openapi.json');

interface MediaType {
  schema: { $ref?: string; type?: string };
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}
interface Message {
  $ref?: string;
  content?: Record<string, MediaType>;
}
interface Operation {
  summary?: string;
  operationId: string;
  tags: string[];
  parameters: { name: string }[];
  requestBody?: Message;
  responses: Record<string, Message>;
}

const EXCLUDED = ['model', 'key', 'tag', 'provider', 'cache_status'].map((name) => `exclude_${name}`);
const USAGE_PARAMETERS = [
  ...'group_by,from,to,timezone,model,key,tag,provider,cache_status,status'.split(','),
  ...EXCLUDED,
  ...'compare,limit,format,team_id,team,exclude_team'.split(','),
];

describe('the OpenAPI document', () => {
  let document: OpenAPIObject;
  let operations: Map<string, Operation>;

  beforeAll(async () => {
    document = await previewApi();
    const routes = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, each]) => [`${method.toUpperCase()} ${path}`, each as Operation] as const),
    );
    operations = new Map(routes);
  });

  const operation = (route: string) => operations.get(route) as Operation;
  const json = ({ $ref, content }: Message): MediaType | undefined => {
    const named = document.components?.responses?.[$ref?.split('/').at(-1) ?? ''] as Message | undefined;
    return (named?.content ?? content)?.['application/json'];
  };

  it('equals docs/openapi.json', () => {
    if (readFileSync(COMMITTED, 'utf8') !== `${JSON.stringify(document, null, 2)}\n`)
      throw new Error('docs/openapi.json is out of date. Run "npm run openapi" and commit the file.');
  });

  it('is valid OpenAPI 3.1 with this version', async () => {
    const parsed = JSON.parse(JSON.stringify(document)) as Parameters<typeof validate>[0];
    expect(await validate(parsed)).toMatchObject({ valid: true, warnings: [] });
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version } });
  });

  it('has a summary, an id and one described tag for every route', () => {
    const known = Object.keys(API_TAGS);
    for (const [route, { summary, tags }] of operations)
      expect({ route, summary: typeof summary, tags: tags.map((tag) => known.includes(tag)) }).toEqual({
        route,
        summary: 'string',
        tags: [true],
      });
    expect(new Set([...operations.values()].map(({ operationId }) => operationId)).size).toBe(operations.size);
    expect(document.tags?.map(({ name }) => name)).toEqual(known);
    const used = [...operations.values()].flatMap(({ tags }) => tags);
    expect(known.filter((tag) => !used.includes(tag))).toEqual([]);
  });

  it('documents the errors of every route, each with an example', () => {
    for (const [route, { parameters, requestBody, responses }] of operations) {
      if (route.includes('/health/')) continue;
      const expected = [
        '401',
        '500',
        '503',
        ...(route.includes('/admin/') ? ['403'] : []),
        ...(requestBody ? ['400', '413'] : []),
        ...(parameters.length > 0 ? ['400'] : []),
        ...(route.startsWith('POST /v1/') ? ['429'] : []),
      ];
      expect({ route, errors: Object.keys(responses) }).toMatchObject({ errors: expect.arrayContaining(expected) });
      for (const [status, message] of Object.entries(responses).filter(([each]) => Number(each) >= 400)) {
        const examples = Object.keys(json(message)?.examples ?? {}).length;
        expect({ route, status, hasExample: examples > 0 }).toEqual({ route, status, hasExample: true });
      }
    }
  });

  it('refers to a named schema for every JSON body', () => {
    for (const [route, { requestBody, responses }] of operations)
      for (const message of [...(requestBody ? [requestBody] : []), ...Object.values(responses)]) {
        const media = json(message);
        if (media)
          expect({ route, $ref: media.schema.$ref }).toEqual({ route, $ref: expect.stringMatching(/schemas/) });
      }
  });

  it('has only examples that match their schemas', () => {
    const ajv = addFormats(new Ajv2020({ strict: false }));
    ajv.addSchema(JSON.parse(JSON.stringify(document)) as object, 'api');
    const check = (name: string, $ref: string, example: unknown) =>
      expect({ name, errors: ajv.validate({ $ref: `api${$ref}` }, example) ? [] : ajv.errors }).toEqual({
        name,
        errors: [],
      });
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {}))
      if ('example' in schema) check(name, `#/components/schemas/${name}`, schema.example);
    const messages = [...operations.values()].flatMap(({ requestBody, responses }) => [
      ...(requestBody ? [requestBody] : []),
      ...Object.values(responses),
    ]);
    for (const { schema, examples = {} } of messages.flatMap((message) => json(message) ?? []))
      for (const [name, { value }] of Object.entries(examples)) check(name, schema.$ref ?? '', value);
  });

  it('shows the error of a used-up budget as the gateway sends it', () => {
    const example = new GatewayError('budget_exceeded', ERROR_EXAMPLES.budget_exceeded).toBody();
    const documented = json(operation('POST /v1/chat/completions').responses['402'] ?? {});
    expect(documented).toMatchObject({
      schema: { $ref: '#/components/schemas/BudgetExceeded' },
      examples: { budget_exceeded: { value: example } },
    });
    const [teamId] = /team_\w+/.exec(example.error.param ?? '') ?? [''];
    const [id] = /budget_\w+/.exec(example.error.message) ?? [''];
    const window = new BudgetWindow(
      {
        id,
        teamId,
        keyId: null,
        limitPusd: parseUsd('100'),
        window: 'month',
        timezone: 'Asia/Seoul',
        action: 'block',
        downgradeTo: null,
        thresholds: [],
      },
      { startMs: Date.parse('2026-10-31T15:00:00Z'), endMs: Date.parse('2026-11-30T15:00:00Z') },
    );
    window.state = { spentPusd: parseUsd('99.98'), leasedPusd: parseUsd('0.0132') };
    expect(new BudgetExceededError(window, parseUsd('0.0328')).toBody()).toEqual(example);
  });

  it.each([
    ['GET /admin/usage', USAGE_PARAMETERS],
    ['GET /admin/cache/stats', ['from', 'to', 'model', 'team_id', 'group_by']],
  ])('documents the parameters of %s', (route, names) => {
    expect(operation(route).parameters.map(({ name }) => name)).toEqual(names);
  });

  it.each([
    ['POST /v1/chat/completions', ['application/json', 'text/event-stream']],
    ['GET /v1/usage', ['application/json', 'text/csv']],
    ['GET /admin/savings', ['application/json', 'text/csv']],
    ['GET /admin/teams/{id}/statements/{month}', ['application/json', 'text/csv', 'text/html']],
  ])('documents each media type of %s', (route, types) => {
    expect(Object.keys(operation(route).responses['200']?.content ?? {})).toEqual(types);
  });

  it.each(['POST /admin/cache/shares', 'PATCH /admin/cache/shares/{id}'])('has several examples for %s', (route) => {
    const media = json(operation(route).requestBody ?? {});
    expect(Object.keys(media?.examples ?? {}).length).toBeGreaterThan(1);
  });

  it('has an example for each kind of invalidation', () => {
    const examples = json(operation('POST /admin/cache/invalidate').requestBody ?? {})?.examples ?? {};
    const members = new Set(Object.values(examples).flatMap(({ value }) => Object.keys(value as object)));
    for (const member of ['model', 'version', 'replaced_by', 'team_id', 'tag', 'key', 'before', 'all', 'dry_run'])
      expect(members).toContain(member);
  });
});
