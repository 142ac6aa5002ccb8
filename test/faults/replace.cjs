/**
 * Replaces a function of the built gateway for a sabotage. It throws where there is none of that name, so that a sabotage
 * whose target was renamed is not taken for a fault that no spec notices.
 *
 * @param {object} owner a class's prototype or a module's exports
 * @param {string} name
 * @param {(original: Function) => Function} make the function in its place
 */
exports.replace = (owner, name, make) => {
  const original = owner?.[name];
  if (typeof original !== 'function') throw new Error(`sabotage: there is no ${name}()`);
  owner[name] = make(original);
  if (owner[name] === original) throw new Error(`sabotage: ${name}() cannot be replaced`);
};
