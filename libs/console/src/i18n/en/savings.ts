export const messages = {
  'savings.title': 'Savings',
};
