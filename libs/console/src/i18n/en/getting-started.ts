export const messages = {
  'gettingStarted.title': 'Getting started',
};
