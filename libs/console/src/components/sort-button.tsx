import { UnstyledButton } from '@mantine/core';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';

interface SortButtonProps {
  direction: 'ascending' | 'descending' | undefined;
  onClick: () => void;
  children: ReactNode;
}

/** The header of a sortable column; `aria-sort` of its cell says the order. */
export function SortButton({ direction, onClick, children }: SortButtonProps) {
  const Icon = direction === undefined ? ChevronsUpDown : direction === 'ascending' ? ArrowUp : ArrowDown;
  return (
    <UnstyledButton className={classes.sort} onClick={onClick}>
      {children}
      <Icon size={12} aria-hidden />
    </UnstyledButton>
  );
}
