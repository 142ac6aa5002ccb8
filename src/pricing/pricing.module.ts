import { Module } from '@nestjs/common';
import { PriceBook } from './price-book.service';

/** What a token costs. */
@Module({ providers: [PriceBook], exports: [PriceBook] })
export class PricingModule {}
