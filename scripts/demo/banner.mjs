/**
 * What the demo prints when it is ready.
 *
 * @param {{url: string, adminKey: string, people: object[], directory: string}} demo
 * @param {{isKept: boolean, isJson: boolean}} options JSON in one line, for programs
 */
export function banner({ url, adminKey, people, directory }, { isKept, isJson }) {
  const keys = people.map(({ name, role, secret }) => ({ name, role, key: secret }));
  if (isJson) return JSON.stringify({ url, admin_key: adminKey, keys, directory });
  return `
  The demo is ready at ${url}
  API docs        ${url}/docs
  Admin key       ${adminKey}
${keys.map(({ name, role, key }) => `  ${role.padEnd(15)} ${key}   ${name}`).join('\n')}
  Data            ${directory}${isKept ? '' : ' (removed at the end)'}
  Ctrl-C ends it.
`;
}
