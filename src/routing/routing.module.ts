import { Module } from '@nestjs/common';
import { DeploymentSlots } from './slots.service';
import { Router } from './router.service';

/** Which deployment is asked, when again, and when the next one. */
@Module({ providers: [Router, DeploymentSlots], exports: [Router, DeploymentSlots] })
export class RoutingModule {}
