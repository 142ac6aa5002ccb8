export const messages = {
  'budgets.title': 'Budgets',
};
