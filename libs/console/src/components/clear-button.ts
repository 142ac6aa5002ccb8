/** The properties of the button that clears a field, which Mantine hides from keyboards and screen readers. */
export const clearButton = (label: string) => ({ 'aria-label': label, 'aria-hidden': false, tabIndex: 0 });
