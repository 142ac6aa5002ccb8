export const messages = {
  'webhooks.title': 'Webhooks',
};
