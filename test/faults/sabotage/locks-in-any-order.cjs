// Breaks the gateway on purpose: sums are taken on in any order. With several processes the bar of contention must then go red.
const { Client } = require('pg');
const { query } = Client.prototype;
const ORDERS = [/ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10/g, /ORDER BY account/g, /ORDER BY 1, 2, 3\b/g];
Client.prototype.query = function (text, ...rest) {
  if (typeof text !== 'string') return query.call(this, text, ...rest);
  const shuffled = ORDERS.reduce((all, order) => all.replace(order, 'ORDER BY random()'), text);
  return query.call(this, shuffled, ...rest);
};
