import { load } from './load-typescript.mjs';
import { cell, table } from './markdown.mjs';

const EVERY_MODEL = 'all';
const AS_SENT = 'as sent';
const NOTHING = '–';
const SERVICE = "Members of OpenAI's service";

const code = (text) => `\`${text}\``;
const membersOf = () => load('libs/providers/src/compatible/records/members.ts').OPENAI_SERVICE;
const codes = (names) => [...new Set(names)].map(code).join(', ');
const vendors = () => Object.entries(load('libs/providers/src/compatible/records/records.ts').COMPATIBLE_VENDORS);

/** The vendors with their variables and base URLs. */
export function vendorTable() {
  const rows = vendors().map(([name, { label, variables, baseUrl, keyless, see }]) => [
    `[${cell(label)}](${see})`,
    code(name),
    variables ? [`${variables}_API_KEY`, `${variables}_BASE_URL`].map(code).join(', ') : '–',
    baseUrl ? code(baseUrl) : 'required',
    keyless ? 'if the server has one' : 'required',
  ]);
  return table(['vendor', '`type`', 'variables', 'base URL', 'key'], rows);
}

/** What each vendor takes of a request. */
export function vendorRequests() {
  const head = ['vendor', 'models', 'limit of output', 'reasoning', 'earlier reasoning', 'tools', 'JSON schema'];
  const rows = rulesOfModels().map(([label, models, rules]) => {
    const facts = [limitOf(rules), effortOf(rules), replayOf(rules), toolsOf(rules), schemaOf(rules)];
    return [cell(label), cell(models), ...facts.map((fact) => fact ?? (models === EVERY_MODEL ? AS_SENT : ''))];
  });
  const hasOwn = ([, models, ...facts]) => models === EVERY_MODEL || facts.some((fact) => fact !== '');
  return table(head, rows.filter(hasOwn));
}

/** What each vendor does not take. */
export function vendorLacks() {
  const rows = rulesOfModels().map(([label, models, rules]) => [
    cell(label),
    cell(models),
    droppedBy(rules),
    [...(rules.refused ?? []), ...whileReasoning(rules)].join(', ') || NOTHING,
  ]);
  const hasLack = ([, , dropped, refused]) => dropped !== NOTHING || refused !== NOTHING;
  const service = `${SERVICE}: ${codes(membersOf())}.`;
  const lacks = table(['vendor', 'models', 'dropped and reported', 'refused'], rows.filter(hasLack));
  return `${service}\n\n${lacks}`;
}

const whileReasoning = ({ whileReasoning: rules }) =>
  (rules?.refused ?? []).map((name) => `${name} while the model reasons`);

/** A row for each vendor, and one for each group of its models with rules of its own. A list of groups stands there once. */
function rulesOfModels() {
  const shown = new Set();
  return vendors().flatMap(([, { label, quirks }]) => {
    const groups = shown.has(quirks.models) ? [] : (quirks.models ?? []);
    shown.add(quirks.models);
    return [[label, EVERY_MODEL, quirks.request], ...groups.map((rules) => [label, rules.models, rules])];
  });
}

function limitOf({ tokenLimit, streamsOnly }) {
  if (streamsOnly) return 'answers in streams only';
  if (tokenLimit === 'either') return `${code('max_tokens')} or ${code('max_completion_tokens')}`;
  return tokenLimit && code(tokenLimit);
}

function effortOf({ reasoning }) {
  if (!reasoning) return undefined;
  if (reasoning.levels.length === 0) return 'not sent';
  return `${code(reasoning.style)}: ${reasoning.levels.join(', ')}`;
}

function replayOf({ replay, replayMember = 'reasoning_content' }) {
  if (replay === undefined) return undefined;
  if (replay === 'none') return 'not sent';
  return `${code(replayMember)}${replay === 'all' ? '' : ' with tool calls'}`;
}

function toolsOf({ toolChoice, looseTools, toolIds }) {
  const facts = [
    looseTools && `no ${code('strict')}`,
    toolChoice?.required && `${code('required')} is ${code(toolChoice.required)}`,
    toolChoice?.noneOmitsTools && `${code('none')} leaves them out`,
    toolIds && 'ids of nine letters and digits',
  ].filter(Boolean);
  return facts.length > 0 ? facts.join('; ') : undefined;
}

function schemaOf({ jsonSchema }) {
  if (jsonSchema === 'beside-type') return code('response_format.schema');
  return jsonSchema && `an instruction and ${code('json_object')}`;
}

function droppedBy({ dropped = [], droppedValues = {}, namelessMessages, whileReasoning: reasoning }) {
  const values = Object.entries(droppedValues).map(([name, refused]) => `${name}: ${refused.join(', ')}`);
  const names = [...dropped, ...values, ...(namelessMessages ? ['messages.name'] : [])];
  const more = reasoning?.dropped ?? [];
  const parts = [shortened(names), more.length > 0 ? `while the model reasons ${codes(more)}` : ''];
  return parts.filter(Boolean).join('; ') || NOTHING;
}

/** The names; most of those of OpenAI's service are said in one word. */
function shortened(names) {
  const service = membersOf();
  const taken = service.filter((name) => !names.includes(name));
  if (taken.length > service.length / 2) return codes(names);
  const others = names.filter((name) => !service.includes(name));
  const most = taken.length === 0 ? SERVICE : `${SERVICE} without ${codes(taken)}`;
  return others.length === 0 ? most : `${most}; ${codes(others)}`;
}
