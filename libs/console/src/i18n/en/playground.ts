export const messages = {
  'playground.title': 'Playground',
};
