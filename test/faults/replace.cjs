/**
 * Replaces a function of the built gateway for a sabotage. Throws if there is no function of that name, so that a sabotage
 * whose target was renamed does not look like a fault that no spec notices.
 *
 * @param {object} owner a class's prototype or a module's exports
 * @param {string} name
 * @param {(original: Function) => Function} make returns the replacement
 */
exports.replace = (owner, name, make) => {
  const original = owner?.[name];
  if (typeof original !== 'function') throw new Error(`sabotage: there is no ${name}()`);
  owner[name] = make(original);
  if (owner[name] === original) throw new Error(`sabotage: ${name}() cannot be replaced`);
};
