export const messages = {
  'signIn.title': 'Sign in',
  'signIn.lead': 'Sign in with an API key of your team, or with the administrator’s key.',
  'signIn.key': 'API key',
  'signIn.keyHint': 'The key is not stored in the browser. A session begins in its place.',
  'signIn.submit': 'Sign in',
  'signIn.empty': 'Enter an API key.',
  'signIn.limited': 'Too many failed sign-ins. Try again in {seconds, plural, one {# second} other {# seconds}}.',
  'signIn.unreachable': 'The gateway does not respond. Check the connection and try again.',
  'signIn.noKey':
    'No key yet? A team admin issues one. The administrator’s key is printed at the first start of the gateway.',
};
