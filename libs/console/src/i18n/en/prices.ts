export const messages = {
  'prices.title': 'Prices',
};
