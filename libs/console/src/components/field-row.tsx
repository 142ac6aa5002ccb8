import type { ReactNode } from 'react';
import classes from './field-row.module.css';

/** Fields of a form beside each other; below each other where they would be too narrow. */
export function FieldRow({ label, children }: { label?: string; children: ReactNode }) {
  return (
    <div className={classes.row} {...(label !== undefined && { role: 'group', 'aria-label': label })}>
      {children}
    </div>
  );
}
