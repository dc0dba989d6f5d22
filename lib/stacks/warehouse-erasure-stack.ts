import { CfnOutput, Duration, Stack, Tags, type StackProps } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { deleteForgottenEnv } from '../../lambdas/delete-forgotten/env.ts';
import type { purgeSnapshotEnv } from '../../lambdas/purge-snapshot/env.ts';
import type { replayLedgerEnv } from '../../lambdas/replay-ledger/env.ts';
import type { EnvironmentOf } from '../../lambdas/runtime/env.ts';
import type { radiusEnv, warehouseEnv } from '../../lambdas/runtime/warehouse-env.ts';
import type { serveWarehouseEnv } from '../../lambdas/serve-warehouse/env.ts';
import type { Config } from '../config.ts';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { CustomerKey } from '../constructs/customer-key.ts';
import type { EncryptedTable } from '../constructs/encrypted-table.ts';
import { ExistingWarehouse } from '../constructs/existing-warehouse.ts';
import type { StatementUse } from '../constructs/grant-statements.ts';
import { LakeFormationCatalogue } from '../constructs/lake-formation-catalogue.ts';
import { MachineTimer } from '../constructs/machine-timer.ts';
import { PrivateNetwork } from '../constructs/private-network.ts';
import { SecretKey } from '../constructs/secret-key.ts';
import { ServerlessWarehouse } from '../constructs/serverless-warehouse.ts';
import { StepMachine } from '../constructs/step-machine.ts';
import { Timer } from '../constructs/timer.ts';
import { lakeFormationTags, PERSONAL_DATA_TAG } from '../core/catalogue/lake-formation-tags.ts';
import { personalTables } from '../core/catalogue/personal-tables.ts';
import { ERASER_ROLE } from '../core/warehouse/migrations/eraser-role.ts';
import type { WarehouseConfig } from '../settings/warehouse-config.ts';
import { consoleLink } from './console-link.ts';
import { tagFromMap } from './data-map-tags.ts';
import { functionMaker, type MakeFunction } from './function-maker.ts';
import { letheMetric } from './lethe-metric.ts';
import { purgeDefinition } from './warehouse/purge-definition.ts';
import { SERVE_WAREHOUSE } from './warehouse/warehouse-routes.ts';
import { snapshotCare, type SnapshotCare } from './warehouse/snapshot-care.ts';
import { WarehouseLedger } from './warehouse/warehouse-ledger.ts';

export interface WarehouseErasureStackProps extends StackProps {
  readonly config: Config;
  readonly warehouse: WarehouseConfig;
  /** Table of the requests: when one came, when it is due, who approved it. */
  readonly requests: EncryptedTable;
}

/** Source: Lambda quotas. A pass over a large warehouse takes its time. */
const LONGEST = Duration.minutes(15);

/** Data subjects erased from the warehouse: hidden at once, deleted on time, and from snapshots too. */
export class WarehouseErasureStack extends Stack {
  private readonly config: Config;
  private readonly warehouse: WarehouseConfig;
  private readonly place: ServerlessWarehouse | ExistingWarehouse;
  private readonly care: SnapshotCare | undefined;
  private readonly key: CustomerKey;
  private readonly alarms: AlarmTopic;
  private readonly make: MakeFunction;
  private readonly ledger: WarehouseLedger;
  private readonly retain: boolean;

  constructor(scope: Construct, id: string, props: WarehouseErasureStackProps) {
    const { config, warehouse, requests, ...stackProps } = props;
    const retain = config.stage === 'production';
    super(scope, id, {
      description: 'Lethe: data subjects erased from the warehouse',
      terminationProtection: retain,
      ...stackProps,
    });
    const { logRetentionDays, keyRotationDays, alarmEmail, alarmTopicArn } = config.operations;
    this.config = config;
    this.warehouse = warehouse;
    this.retain = retain;
    this.key = new CustomerKey(this, 'Key', {
      description: 'The warehouse, its snapshots, and what is remembered of erasures',
      retain,
      rotationPeriod: Duration.days(keyRotationDays),
    });
    this.alarms = new AlarmTopic(this, 'Alarms', {
      key: this.key,
      email: alarmEmail,
      existingTopicArn: alarmTopicArn,
    });
    this.make = functionMaker(this, config, this.alarms);
    this.ledger = new WarehouseLedger(this, 'Ledger', {
      ...{ key: this.key, retain, keyRotationDays, logRetentionDays },
    });
    this.place = this.open();
    this.care = snapshotCare(warehouse, this.place, this.key.keyArn);
    this.serve(requests);
    this.schedule();
    this.replay();
    if (this.care !== undefined) this.purge(this.care);
    this.catalogue();
  }

  private open(): ServerlessWarehouse | ExistingWarehouse {
    const { place, database, stores } = this.warehouse;
    if (place.kind !== 'serverless') {
      return new ExistingWarehouse(this, 'Warehouse', { place, database });
    }
    const { key, retain } = this;
    const { logRetentionDays } = this.config.operations;
    const warehouse = new ServerlessWarehouse(this, 'Warehouse', {
      ...{ name: place.name, database, key, retain, baseCapacity: place.capacity },
      network: new PrivateNetwork(this, 'Network', { logRetentionDays, retain }),
    });
    tagFromMap(warehouse, ...Object.values(stores));
    new CfnOutput(this, 'WarehouseWorkgroup', {
      description: 'Prepare it with lethe warehouse plan|apply --workgroup …',
      value: warehouse.workgroupName,
    });
    return warehouse;
  }

  /** The tables behind the service protocol. */
  private serve(requests: EncryptedTable): void {
    const { passDays, undoDays, backupDays } = this.warehouse;
    const hashKey = new SecretKey(this, 'HashKey', {
      description: 'Hides subjects in the audit table and makes pseudonyms',
      ...{ key: this.key, retain: this.retain },
    });
    const environment: EnvironmentOf<typeof serveWarehouseEnv> = {
      ...this.warehouseEnvironment(),
      ...this.radiusEnvironment(),
      ...this.ledger.environment(),
      REQUESTS_TABLE: requests.tableName,
      HASH_KEY_SECRET: hashKey.secretArn,
      PASS_DAYS: String(passDays),
      UNDO_DAYS: String(undoDays),
      BACKUP_DAYS: String(backupDays),
    };
    const service = this.make('WarehouseService', {
      verb: 'serve-warehouse',
      functionName: SERVE_WAREHOUSE,
      description: 'Finds, hides, shows again and erases data subjects in tables',
      environment,
      timeout: LONGEST,
    });
    this.grantSql(service);
    this.ledger.grantUse(service, ['put', 'remove']);
    requests.grantUse(service, ['GetItem']);
    hashKey.grantKey(service);
  }

  /** The daily look at what is due. */
  private schedule(): void {
    const { care, alarms, key } = this;
    const environment: EnvironmentOf<typeof deleteForgottenEnv> = {
      ...this.warehouseEnvironment(),
      ...this.radiusEnvironment(),
      ...this.ledger.environment(),
      ...(care === undefined ? {} : { BACKUP_OF: care.of }),
    };
    const pass = this.make('ForgottenRows', {
      verb: 'delete-forgotten',
      description: 'Deletes rows that are flagged and due, all in one pass',
      environment,
      timeout: LONGEST,
    });
    this.grantSql(pass);
    this.ledger.grantUse(pass, ['expire']);
    care?.grantBackup(pass);
    new Timer(this, 'Timer', { function: pass, key, alarms }).every('Daily', Duration.days(1), {});
    alarms.watch('PassStopped', {
      metric: letheMetric('delete-forgotten', 'PassesStopped'),
      above: 0,
      meaning:
        'A pass would have taken more of a table than allowed, and changed nothing: look with lethe warehouse forget --dry-run, then let it pass with --maximum-matching-proportion.',
    });
    alarms.watch('RowsLeft', {
      metric: letheMetric('delete-forgotten', 'RowsLeft'),
      above: 0,
      meaning:
        'Rows are flagged that no pass will take: somebody wrote the flag by hand, or keys were lost; replay the ledger.',
    });
    new CfnOutput(this, 'PassLink', {
      description: 'The daily pass; press Test there to make one now',
      value: consoleLink(pass),
    });
  }

  /** For whoever restores the warehouse from a backup. */
  private replay(): void {
    const environment: EnvironmentOf<typeof replayLedgerEnv> = {
      ...this.warehouseEnvironment(),
      ...this.ledger.environment(),
    };
    const replay = this.make('LedgerReplay', {
      verb: 'replay-ledger',
      description: 'After a restore: forgets again whom the warehouse had forgotten',
      environment,
      timeout: LONGEST,
    });
    this.grantSql(replay);
    this.ledger.grantUse(replay, ['read']);
    new CfnOutput(this, 'ReplayLink', {
      description: 'Press Test there after a restore, before anybody is let in',
      value: consoleLink(replay),
    });
  }

  /** Snapshots that would keep forgotten subjects too long: restored, cleansed, taken anew. */
  private purge(care: SnapshotCare): void {
    const { key, alarms, retain } = this;
    const environment: EnvironmentOf<typeof purgeSnapshotEnv> = {
      ...this.warehouseEnvironment(),
      ...this.ledger.environment(),
      SNAPSHOTS: this.toJsonString(care.settings),
    };
    const step = this.make('SnapshotPurgeStep', {
      verb: 'purge-snapshot',
      description: 'One step of a snapshot’s purge',
      environment,
      timeout: LONGEST,
    });
    this.grantSql(step, ['ExecuteStatement']);
    this.ledger.grantUse(step, ['read']);
    care.grantPurge(step);
    const machine = new StepMachine(this, 'SnapshotPurge', {
      definition: purgeDefinition(step.functionArn),
      function: step,
      // Over before the next one begins: two would undo each other's restored warehouses.
      timeout: Duration.hours(20),
      ...{ alarms, retain, logRetentionDays: this.config.operations.logRetentionDays },
      meaning:
        'A snapshot may keep forgotten data subjects too long: see the execution; what it began is taken up by the next day’s.',
    });
    new MachineTimer(this, 'PurgeTimer', { machine, key, alarms }).every('Daily', Duration.days(1));
    new CfnOutput(this, 'SnapshotPurgeMachine', {
      description: 'The purge of snapshots; it starts each day',
      value: machine.stateMachineArn,
    });
  }

  private catalogue(): void {
    const { lakeFormation, stores } = this.warehouse;
    if (lakeFormation === undefined) return;
    const { database, readers, personalReaders } = lakeFormation;
    const { tags, tables } = lakeFormationTags(personalTables({ stores }));
    new LakeFormationCatalogue(this, 'Catalogue', {
      ...{ database, tags, tables, readers, personalReaders, columnTag: PERSONAL_DATA_TAG },
    });
  }

  private warehouseEnvironment(): EnvironmentOf<typeof warehouseEnv> {
    const { place, warehouse } = this;
    const { database: DATABASE, place: chosen } = warehouse;
    if (place instanceof ServerlessWarehouse) return { DATABASE, WORKGROUP: place.workgroupName };
    return chosen.kind === 'cluster'
      ? { DATABASE, CLUSTER: chosen.name }
      : { DATABASE, WORKGROUP: chosen.name };
  }

  private radiusEnvironment(): EnvironmentOf<typeof radiusEnv> {
    return { RADIUS_PERCENT: String(this.warehouse.maximumPercent) };
  }

  /** Under temporary credentials, as a user of the database role that lethe warehouse apply makes. */
  private grantSql(
    fn: IFunction,
    uses: readonly StatementUse[] = ['BatchExecuteStatement', 'ExecuteStatement'],
  ): void {
    this.place.grantStatements(fn, uses);
    // Source: Redshift management guide, "Defining database roles to grant to federated users".
    Tags.of(fn.role!).add('RedshiftDbRoles', ERASER_ROLE);
  }
}
