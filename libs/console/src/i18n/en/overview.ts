export const messages = {
  'overview.title': 'Overview',
};
