export interface PriceTables {}
