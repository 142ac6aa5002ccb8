export const messages = {
  'models.title': 'Models',
};
