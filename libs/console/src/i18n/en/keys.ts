export const messages = {
  'keys.title': 'API keys',
};
