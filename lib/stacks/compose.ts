import type { App } from 'aws-cdk-lib';
import type { Config } from '../config.ts';
import { SensitiveDataFilterStack } from './sensitive-data-filter-stack.ts';
import { SensitiveDataProducerStack } from './sensitive-data-producer-stack.ts';

/** Puts all stacks into the app. */
export function compose(app: App, config: Config): void {
  const producer = new SensitiveDataProducerStack(app, 'sensitive-data-producer-stack', { config });
  new SensitiveDataFilterStack(app, 'sensitive-data-filter-stack', {
    config,
    source: producer.stream,
  });
}
