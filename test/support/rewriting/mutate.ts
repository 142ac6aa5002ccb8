import { madeText, madeValue, pick, type Request, WITHOUT_EFFECT } from './made-request';
import { type Random, shuffled } from './write-json';

type Container = Record<string | number, unknown>;

/** A request that differs in one place, at any depth. A change may have no effect, for example if two equal entries are swapped. */
export function mutated(request: Request, random: Random): Request {
  const copy = JSON.parse(JSON.stringify(request)) as Request;
  const { container, name } = pick(placesOf(copy, WITHOUT_EFFECT), random);
  const value = container[name];
  const roll = random();
  if (roll < 0.1) remove(container, name);
  else if (roll < 0.2 && !Array.isArray(container)) rename(container, name, random);
  else if (roll < 0.25) container[name] = [value];
  else if (roll < 0.3) container[name] = typeof value === 'string' ? madeValue(random, 1) : JSON.stringify(value);
  else container[name] = changed(value, random);
  return copy;
}

function placesOf(value: unknown, except: object = {}): { container: Container; name: string | number }[] {
  if (typeof value !== 'object' || value === null) return [];
  const container = value as Container;
  const names: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return names
    .filter((name) => !Object.hasOwn(except, name))
    .flatMap((name) => [{ container, name }, ...placesOf(container[name])]);
}

function remove(container: Container, name: string | number): void {
  if (Array.isArray(container)) container.splice(Number(name), 1);
  else delete container[name];
}

function rename(container: Container, name: string | number, random: Random): void {
  const value = container[name];
  delete container[name];
  container[`${name}${pick([' ', '_', '\u0301', 's'], random)}`] = value;
}

function changed(value: unknown, random: Random): unknown {
  if (typeof value === 'number') return pick([nextAfter(value), -value, value + 1, value * 2, String(value)], random);
  if (typeof value === 'boolean') return pick([!value, null, Number(value), String(value)], random);
  if (typeof value === 'string') return changedText(value, random);
  if (Array.isArray(value)) return random() < 0.5 ? shuffled(value, random) : [...value, madeValue(random, 1)];
  if (value === null) return pick([false, 0, '', 'null', {}, []], random);
  return { ...value, [pick(['added', 'user', 'stream', 'cache'], random)]: madeValue(random, 1) };
}

/** The next greater double. */
function nextAfter(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const number = new Float64Array(bits.buffer);
  number[0] = value;
  bits[0] = (bits[0] ?? 0n) + (value > 0 ? 1n : -1n);
  return Number.isFinite(number[0]) ? number[0] : 0;
}

function changedText(text: string, random: Random): string {
  const at = Math.floor(random() * (text.length + 1));
  return pick(
    [
      text.slice(0, at) + text.slice(at + 1),
      `${text.slice(0, at)}${pick([' ', '\u200b', 'x', '\ud83d', '\u0000'], random)}${text.slice(at)}`,
      text.normalize('NFD'),
      text.toUpperCase(),
      text.trim(),
      madeText(random),
    ],
    random,
  );
}
