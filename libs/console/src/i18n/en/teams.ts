export const messages = {
  'teams.title': 'Teams',
};
