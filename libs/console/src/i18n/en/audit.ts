export const messages = {
  'audit.title': 'Audit log',
};
