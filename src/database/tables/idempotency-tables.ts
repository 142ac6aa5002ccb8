export interface IdempotencyTables {}
