export const messages = {
  'batches.title': 'Batches',
};
