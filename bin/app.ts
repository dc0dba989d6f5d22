import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigError, readConfig, type Config } from '../lib/config.ts';
import { dataMap } from '../lib/data-map.ts';
import { compose } from '../lib/stacks/compose.ts';

const app = new App({ analyticsReporting: false });
compose(app, configOf(app));
// Synthesis fails where a rule is broken; what is acknowledged says why, in the template too.
Validations.of(app).addPlugins(
  new AwsSolutionsChecks(app, { verbose: true, writeSuppressionsToCloudFormation: true }),
);

function configOf(app: App): Config {
  try {
    return readConfig(app.node.getAllContext() as Record<string, unknown>, dataMap);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    // Not by exitCode: on the way to a quiet end the app would still write an empty assembly.
    process.exit(1);
  }
}
