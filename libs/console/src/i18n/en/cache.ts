export const messages = {
  'cache.title': 'Cache',
};
