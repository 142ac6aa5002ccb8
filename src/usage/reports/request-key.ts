import { leastUlid } from '../../common/ids';

const MARGIN_MS = 2 * 24 * 3600 * 1000;

/**
 * The range of request ids of a time span: ids begin with their time, so the span is a range of the ledger's index. The
 * time of a row may differ from that of its id (a batch line that was claimed again, a clock that was set), so the range
 * is wider by two days at each end, and queries compare the row's own time too.
 */
export function requestIdBounds(from: Date | undefined, to: Date | undefined): { least?: string; below?: string } {
  return {
    ...(from && { least: leastUlid(from.getTime() - MARGIN_MS) }),
    ...(to && { below: leastUlid(to.getTime() + MARGIN_MS) }),
  };
}
