export const messages = {
  'settings.title': 'Settings',
};
