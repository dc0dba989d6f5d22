import { tableTags } from '../../../lib/core/catalogue/resource-tags.ts';
import {
  findMistagged,
  type MistaggedResource,
} from '../../../lib/core/catalogue/tag-resources.ts';
import type { DataMap } from '../../../lib/core/data-map/schema.ts';
import type { Warehouse } from '../../../lib/core/ports/warehouse.ts';
import { readAccess, readCatalogue } from '../../../lib/core/warehouse/discovery/catalogue.ts';
import { discoverColumns } from '../../../lib/core/warehouse/discovery/discover-columns.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { failureCode } from '../failure-code.ts';
import { openResources } from './open-resources.ts';
import { readPattern, type WarehouseFlags } from './options.ts';
import { printDiscovery, printMistagged } from './report.ts';

/** Personal columns, who has access, and what is not tagged. @throws {UsageError} before it opens */
export function runDiscover(flags: WarehouseFlags) {
  const { json, strict } = flags;
  const pattern = readPattern(flags);
  return async (terminal: Terminal, warehouse: Warehouse, dataMap: DataMap): Promise<number> => {
    const [catalogue, access] = [await readCatalogue(warehouse), await readAccess(warehouse)];
    const found = discoverColumns(catalogue, access, dataMap, pattern);
    const tags = await readTags(flags, dataMap);
    if (json === true) terminal.json({ ...found, ...(tags !== undefined && { tags }) });
    else {
      printDiscovery(terminal, found);
      if (tags !== undefined) printMistagged(terminal, tags);
    }
    const isMistagged = tags !== undefined && (tags.kind === 'unread' || tags.mistagged.length > 0);
    return strict === true && (found.differences.length > 0 || isMistagged) ? 1 : 0;
  };
}

/** What of the warehouse and its snapshots is not tagged as the data map says. */
export type FoundTags =
  | { readonly kind: 'read'; readonly mistagged: readonly MistaggedResource[] }
  /** Whoever may read tables need not be allowed to list clusters. */
  | { readonly kind: 'unread'; readonly fault: string };

/** @returns undefined of a local warehouse */
async function readTags(flags: WarehouseFlags, dataMap: DataMap): Promise<FoundTags | undefined> {
  const opened = await openResources(flags);
  if (opened === undefined) return undefined;
  try {
    const { seen, mistagged } = await findMistagged(opened.resources, tableTags(dataMap));
    return seen === 0 ? { kind: 'unread', fault: 'NotFound' } : { kind: 'read', mistagged };
  } catch (error) {
    const fault = failureCode(error);
    if (fault === undefined) throw error;
    return { kind: 'unread', fault };
  } finally {
    opened.close();
  }
}
