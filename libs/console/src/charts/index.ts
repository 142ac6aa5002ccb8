export type { ChartProps } from './chart-figure';
export { Line, type LineProps } from './line';
export type { LineMark } from './line-marks';
export { chartMessages } from './messages';
export { Ranking, type RankingProps, type RankingRow } from './ranking';
export { type Amount, type Bucket, chartBuckets, MOST_SERIES, type Series } from './series';
export { OTHERS_COLOUR, paletteColour, seriesColour } from './series-colour';
export { Spark, type SparkProps } from './spark';
export { StackedColumns, type StackedColumnsProps } from './stacked-columns';
