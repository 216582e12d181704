import type { ExportFormat as FormatId } from '../../../../shared/model/export.ts';
import type { ExportFormat } from '../export/format.ts';
import { bagel } from './bagel.ts';
import { chains } from './chains.ts';
import { hfParquet } from './hfParquet.ts';
import { ip2pSeeds } from './ip2pSeeds.ts';
import { manifests } from './manifests.ts';
import { nhr } from './nhr.ts';
import { pairs } from './pairs.ts';
import { preference } from './preference.ts';
import { ratings } from './ratings.ts';
import { webdataset } from './webdataset.ts';

/** Every format, in the order of the screen and the command line. */
export const FORMATS: readonly ExportFormat[] = [
  nhr,
  hfParquet,
  bagel,
  pairs,
  manifests,
  webdataset,
  preference,
  chains,
  ip2pSeeds,
  ratings,
];

/** The format of a name. */
export function formatOf(id: FormatId): ExportFormat {
  const format = FORMATS.find((one) => one.id === id);
  if (format === undefined) throw new RangeError(`there is no export format ${id}`);
  return format;
}
