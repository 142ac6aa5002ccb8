import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { LedgerDrain } from '../drain/ledger-drain.service';
import { VerificationRepository } from './verification.repository';

@ApiTags('Ledger')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('ledger:verify')
@Controller('admin/ledger')
export class VerificationController {
  constructor(
    private readonly verification: VerificationRepository,
    private readonly drain: LedgerDrain,
  ) {}

  @Get('verify')
  @ApiOperation({
    summary: 'Verify the ledger',
    description:
      'Checks that debits and credits are equal, that accounts, reports and budgets are the sums of the rows, that nothing is negative nothing is there twice, no row was refused and no line of a journal is damaged. Reads the whole ledger.',
  })
  @ApiOkResponse({ description: 'What was checked.', standardSchema: contracts.ledgerVerificationSchema })
  async verify(): Promise<contracts.LedgerVerification> {
    await this.drain.flush();
    const checks = await this.verification.verify();
    return { ok: checks.every(({ violations }) => violations.length === 0), checks };
  }
}
