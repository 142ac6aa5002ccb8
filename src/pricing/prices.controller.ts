import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { Clock } from '../common/clock';
import { parseDecimal } from '../common/money';
import { toPrice } from './price-book.service';
import { PriceImport } from './price-import.service';
import { type PriceRow, toWire } from './price-row';
import { PriceScope } from './price-scope.service';
import { PricesService } from './prices.service';

const PATH_ID = { schema: contracts.pathIdSchema };
const MULTIPLIER_DIGITS = 6;
const NO_RATES = { input_usd_per_mtok: '0', output_usd_per_mtok: '0' };

@ApiTags('Prices')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('prices:read')
@Controller('admin/prices')
export class PricesController {
  constructor(
    private readonly prices: PricesService,
    private readonly importer: PriceImport,
    private readonly scope: PriceScope,
    private readonly clock: Clock,
  ) {}

  @Post()
  @Requires('prices:write')
  @ApiOperation({
    summary: 'Set a price',
    description:
      'In force from `valid_from` on. Rates of a model, or a negotiated multiplier of the price that would apply without it, for ' +
      'everybody, a provider or a team. The most specific one applies: team, provider, gateway.yaml, everybody, catalogue.',
  })
  @ApiCreatedResponse({ description: 'The price.', standardSchema: contracts.priceSchema })
  @ApiErrors('invalid_request', 'not_found')
  async create(
    @Body({ schema: contracts.createPriceSchema }) body: contracts.CreatePrice,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Price> {
    await this.scope.check(body.team_id ?? null, body.provider ?? null);
    const [row] = await this.prices.add([
      {
        model: body.model ?? null,
        provider: body.provider ?? null,
        teamId: body.team_id ?? null,
        validFromMs: body.valid_from?.getTime() ?? this.clock.now(),
        ...saidBy(body),
        source: 'admin',
        note: body.note ?? null,
        createdBy: caller.keyId,
      },
    ]);
    if (!row) throw new Error('the new price was not returned');
    return toWire(row);
  }

  @Get()
  @ApiOperation({ summary: 'List the prices that were set', description: 'The latest `valid_from` first.' })
  @ApiOkResponse({ description: 'The prices.', standardSchema: contracts.priceListSchema })
  @ApiErrors('invalid_request')
  async list(
    @Query({ schema: contracts.listPricesQuerySchema }) query: contracts.ListPricesQuery,
  ): Promise<contracts.PriceList> {
    const rows = await this.prices.list({ model: query.model, provider: query.provider, teamId: query.team_id });
    return { data: rows.map(toWire) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Get a price', description: 'Also one that was withdrawn: calls may name it.' })
  @ApiOkResponse({ description: 'The price.', standardSchema: contracts.priceSchema })
  @ApiErrors('not_found')
  async retrieve(@Param('id', PATH_ID) id: string): Promise<contracts.Price> {
    return toWire(await this.prices.find(id));
  }

  @Patch(':id')
  @Requires('prices:write')
  @ApiOperation({
    summary: 'Change a price',
    description:
      'Of a price that is in force only the note, because calls were charged with it; set another one instead. Rates are ' +
      'replaced as a whole, or by a multiplier. Members that are left out do not change.',
  })
  @ApiOkResponse({ description: 'The changed price.', standardSchema: contracts.priceSchema })
  @ApiErrors('invalid_request', 'not_found', 'conflict')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updatePriceSchema }) body: contracts.UpdatePrice,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Price> {
    const { note, valid_from: validFrom, multiplier, input_usd_per_mtok: input } = body;
    const changes = {
      ...(note !== undefined && { note }),
      ...(validFrom && { validFromMs: validFrom.getTime() }),
      ...((multiplier ?? input) !== undefined && saidBy(body)),
    };
    return toWire(await this.prices.update(id, changes, caller.keyId));
  }

  @Delete(':id')
  @Requires('prices:write')
  @ApiOperation({ summary: 'Withdraw a price', description: 'Only a price that is not in force yet.' })
  @ApiOkResponse({ description: 'The price is withdrawn.', standardSchema: contracts.deletedSchema })
  @ApiErrors('not_found', 'conflict')
  async delete(@Param('id', PATH_ID) id: string, @CurrentCaller() caller: Caller): Promise<contracts.Deleted> {
    await this.prices.withdraw(id, caller.keyId);
    return { id, deleted: true };
  }

  @Post('import')
  @Requires('prices:write')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Import a catalogue file',
    description:
      'The file has LiteLLM’s members. Each price that differs from the catalogue price in force becomes a price; with ' +
      '`dry_run`, nothing is changed.',
  })
  @ApiOkResponse({ description: 'What was imported.', standardSchema: contracts.importedPricesSchema })
  @ApiErrors('invalid_request')
  async import(
    @Body({ schema: contracts.importPricesSchema }) body: contracts.ImportPrices,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.ImportedPrices> {
    const imported = await this.importer.import(body.catalogue, {
      validFromMs: body.valid_from?.getTime(),
      dryRun: body.dry_run,
      createdBy: caller.keyId,
    });
    return { dry_run: body.dry_run, ...imported };
  }
}

/** The rates of a request, or its multiplier. */
function saidBy(body: contracts.CreatePrice | contracts.UpdatePrice): Pick<PriceRow, 'price' | 'multiplierMillionths'> {
  const { multiplier, input_usd_per_mtok, output_usd_per_mtok } = body;
  const rates =
    input_usd_per_mtok === undefined || output_usd_per_mtok === undefined
      ? NO_RATES
      : { ...body, input_usd_per_mtok, output_usd_per_mtok };
  return {
    price: toPrice(rates),
    multiplierMillionths: multiplier === undefined ? null : parseDecimal(multiplier, MULTIPLIER_DIGITS),
  };
}
