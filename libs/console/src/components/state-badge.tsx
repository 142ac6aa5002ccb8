import type { ReactNode } from 'react';
import classes from './state-badge.module.css';

export type Tone = 'good' | 'soon' | 'bad' | 'plain';

/** A state in a word, with a colour that adds to the word and never stands for it. */
export function StateBadge({ tone, title, children }: { tone: Tone; title?: string | undefined; children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone} title={title}>
      {children}
    </span>
  );
}
