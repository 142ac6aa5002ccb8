export const messages = {
  'users.title': 'Users',
};
