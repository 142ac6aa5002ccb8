export const messages = {
  'alerts.title': 'Alerts',
};
