/** What the clients have in common: a story, and how its tools are answered. */

/**
 * @typedef {object} Story one conversation, in no API's words
 * @property {string} id
 * @property {string} model
 * @property {string} prompt
 * @property {string} [image] a data URL
 * @property {string[]} [tools] names of functions of a city
 * @property {object} [schema] of a structured answer
 * @property {boolean} [reasons]
 * @property {boolean} [stream]
 * @property {boolean} [abort] after the first piece of a stream
 * @property {string} [key] in place of the right one
 */

/** @typedef {{ id: string, name: string, args: object }} Call */
/** @typedef {{ text: string, calls: Call[], pieces?: number, reasoning?: string }} Turn */

const MOST_ROUNDS = 6;

export const CITY = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
export const descriptionOf = (name) => `Calls ${name} for a city`;

/**
 * Asks until the model calls no more tools.
 *
 * @param {() => Promise<Turn>} ask
 * @param {(calls: (Call & { output: string })[], turn: Turn) => void} answer adds the turn and the results of its calls
 */
export async function talk(ask, answer) {
  const rounds = [];
  let [pieces, reasoning] = [0, ''];
  for (;;) {
    const turn = await ask();
    pieces += turn.pieces ?? 0;
    reasoning += turn.reasoning ?? '';
    if (turn.calls.length === 0) return { text: turn.text, rounds, pieces, reasoning };
    if (rounds.length === MOST_ROUNDS) throw new Error('the model does not stop to call tools');
    const output = `result ${rounds.length}`;
    rounds.push(turn.calls.map(({ name, args }) => ({ name, city: args.city })));
    answer(
      turn.calls.map((call) => ({ ...call, output })),
      turn,
    );
  }
}

/** Counts the pieces of a stream, and aborts after the first one where the story says so. */
export function pieceCounter(story) {
  const controller = new AbortController();
  const counter = {
    signal: controller.signal,
    pieces: 0,
    count() {
      counter.pieces += 1;
      if (story.abort) controller.abort();
    },
  };
  return counter;
}
