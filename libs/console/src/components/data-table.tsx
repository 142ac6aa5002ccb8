import { ScrollArea, Table, Text } from '@mantine/core';
import { createSortedRowModel, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table';
import { useMemo, useRef } from 'react';
import { useText } from '../i18n/use-text';
import type { DataColumn } from './data-table-columns';
import classes from './data-table.module.css';
import { SortButton } from './sort-button';
import { useRowKeys } from './use-row-keys';

const FEATURES = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });

interface DataTableProps<Row extends object> {
  /** What the table lists; read by screen readers, and shown with `showsCaption`. */
  caption: string;
  showsCaption?: boolean;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  rowId: (row: Row) => string;
  /** Opens a row: by a click on it, or by Enter on the row that `j` and `k` have reached. */
  onOpen?: (row: Row) => void;
  /** The id of the row that is open beside the table, or has been looked for. */
  openId?: string | undefined;
  initialSort?: { id: string; desc: boolean };
  /** Rows of 28 px in place of 36. */
  isDense?: boolean;
  /** Dimmed, while other rows are loaded. */
  isStale?: boolean;
  /** In place of rows. */
  empty?: React.ReactNode;
}

/** Rows and columns: sortable, with keys, a row of totals, and a scroll bar of its own where the screen is narrow. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const {
    caption,
    showsCaption = false,
    columns,
    rows,
    rowId,
    onOpen,
    openId,
    initialSort,
    isDense = false,
    isStale,
  } = props;
  const text = useText();
  const body = useRef<HTMLTableSectionElement>(null);
  const onKeyDown = useRowKeys(body);
  const data = useMemo(() => [...rows], [rows]);
  const definitions = useMemo(() => columns.map(definition), [columns]);
  const table = useTable({
    features: FEATURES,
    columns: definitions,
    data,
    getRowId: rowId,
    enableSortingRemoval: false,
    initialState: { sorting: initialSort ? [initialSort] : [] },
  });
  const { sorting } = table.state;
  const hasTotals = columns.some(({ total }) => total !== undefined);
  return (
    <ScrollArea
      type="auto"
      offsetScrollbars="present"
      className={classes.region}
      viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': caption }}
    >
      <Table
        className={isStale ? 'stale' : undefined}
        verticalSpacing={isDense ? 3 : 7}
        horizontalSpacing={isDense ? 'xs' : 'sm'}
        highlightOnHover={onOpen !== undefined}
        stickyHeader
      >
        <Table.Caption className={showsCaption ? undefined : classes.hidden}>{caption}</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map(({ id, header, sortBy, isNumber }) => {
              const sorted = sorting.find((each) => each.id === id);
              const direction = sorted && (sorted.desc ? 'descending' : 'ascending');
              return (
                <Table.Th key={id} scope="col" className={isNumber ? classes.number : undefined} aria-sort={direction}>
                  {sortBy ? (
                    <SortButton direction={direction} onClick={() => table.getColumn(id)?.toggleSorting()}>
                      {header}
                    </SortButton>
                  ) : (
                    header
                  )}
                </Table.Th>
              );
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={body} onKeyDown={onKeyDown}>
          {table.getRowModel().rows.map(({ id, original }) => (
            <Table.Tr
              key={id}
              data-row
              tabIndex={onOpen ? 0 : undefined}
              aria-current={id === openId ? 'true' : undefined}
              className={onOpen ? classes.openable : undefined}
              onClick={onOpen && (() => onOpen(original))}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && event.target === event.currentTarget) onOpen?.(original);
              }}
            >
              {columns.map(({ id: column, cell, ...kind }) => (
                <Table.Td key={column} className={classOf(kind)}>
                  {cell(original)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
          {rows.length === 0 && (
            <Table.Tr>
              <Table.Td colSpan={columns.length}>
                <div className={classes.empty}>
                  {props.empty ?? <Text c="dimmed">{text('components.noRows')}</Text>}
                </div>
              </Table.Td>
            </Table.Tr>
          )}
        </Table.Tbody>
        {hasTotals && rows.length > 0 && (
          <Table.Tfoot>
            <Table.Tr>
              {columns.map(({ id, total, isNumber }, index) => (
                <Table.Th
                  key={id}
                  scope={index === 0 ? 'row' : undefined}
                  className={isNumber ? classes.number : undefined}
                >
                  {total ?? (index === 0 ? text('components.total') : null)}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Tfoot>
        )}
      </Table>
    </ScrollArea>
  );
}

function classOf({ isNumber, isLong }: Pick<DataColumn<object>, 'isNumber' | 'isLong'>): string | undefined {
  if (isNumber) return classes.number;
  return isLong ? classes.long : undefined;
}

function definition<Row extends object>({ id, sortBy, compare, isNumber }: DataColumn<Row>) {
  return {
    id,
    accessorFn: (row: Row) => sortBy?.(row),
    enableSorting: sortBy !== undefined,
    sortDescFirst: isNumber === true,
    sortFn: (left: { getValue(id: string): unknown }, right: { getValue(id: string): unknown }) =>
      order(left.getValue(id), right.getValue(id), compare),
  };
}

function order(left: unknown, right: unknown, compare: DataColumn<object>['compare']): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return compare ? compare(String(left), String(right)) : String(left).localeCompare(String(right));
}
