export interface AlertTables {}
