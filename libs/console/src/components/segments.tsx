import { SegmentedControl, type SegmentedControlProps } from '@mantine/core';
import classes from './segments.module.css';

/** A choice of a few words in a row, which scrolls by itself where the screen is narrow. */
export function Segments(props: SegmentedControlProps) {
  return (
    <div className={classes.scroll}>
      <SegmentedControl size="xs" {...props} />
    </div>
  );
}
