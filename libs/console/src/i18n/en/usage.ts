export const messages = {
  'usage.title': 'Usage',
};
