import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../http/access.decorators';
import { ConsolePage } from './console-page.service';

/** The page of the console for every address below `/console`: the page resolves the address. */
@ApiExcludeController()
@Public()
@Controller()
export class ConsoleController {
  constructor(private readonly page: ConsolePage) {}

  @Get('/')
  home(@Res() reply: FastifyReply): void {
    void reply.redirect('/console', 302);
  }

  @Get(['console', 'console/*'])
  show(@Res() reply: FastifyReply): void {
    const { html, headers } = this.page.render();
    void reply.headers(headers).send(html);
  }
}
