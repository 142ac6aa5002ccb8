export const messages = {
  'requests.title': 'Requests',
};
