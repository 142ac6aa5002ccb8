import { statSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import type { SegmentWriter } from './segment-writer';

/** Detects that the data directory was deleted or moved: its open files still accept writes, whose lines are lost. */
export class PlaceWatch {
  private readonly logger = new Logger('Journal');
  private databaseInode: number | undefined;
  private lost = false;

  /** @param database where the embedded database lies, beside the journal; undefined where there is none */
  constructor(
    private readonly directory: string,
    private readonly database: string | undefined,
  ) {}

  get isLost(): boolean {
    return this.lost;
  }

  /** @param segment the one that is being written, if there is one */
  look(segment: SegmentWriter | undefined): void {
    const isLost = segment?.isInPlace === false || this.isDatabaseLost();
    if (isLost === this.lost) return;
    this.lost = isLost;
    if (!isLost) this.logger.log('the data directory is back; calls are taken again');
    else
      this.logger.error(
        { directory: this.directory },
        'the data directory was deleted or moved; all calls are refused: put it back, or restart the gateway',
      );
  }

  private isDatabaseLost(): boolean {
    if (this.database === undefined) return false;
    const inode = statSync(this.database, { throwIfNoEntry: false })?.ino;
    this.databaseInode ??= inode;
    return inode !== this.databaseInode;
  }
}
