import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CheckContext } from './readBack.ts';
import { parquetCounts } from './readParquet.ts';

/**
 * The parts of a BAGEL kit that its loader trusts: every key of parquet_info is data_dir + file name, every file has a key, the row
 * groups are as many as it says, and the entries count right. A wrong key drops a file from training without a word.
 */
export async function checkBagel(context: CheckContext): Promise<void> {
  const { root, add } = context;
  const entryFile = 'bagel/dataset_info_entry.json';
  const entries = await readJson<{ unified_edit: Record<string, { data_dir: string; num_files: number; num_total_samples: number }> }>(
    context,
    entryFile,
  );
  for (const [name, entry] of Object.entries(entries?.unified_edit ?? {})) {
    const infoFile = `bagel/parquet_info/${name}.json`;
    const info = await readJson<Record<string, { num_row_groups: number; num_rows: number }>>(context, infoFile);
    if (info === undefined) continue;
    const there = (await readdir(join(root, 'bagel', name)).catch(() => [])).filter((file) => file.endsWith('.parquet'));
    let rows = 0;
    for (const file of there) {
      const said = info[`${entry.data_dir}/${file}`];
      if (said === undefined) {
        add('row', infoFile, null, `There is no key for ${entry.data_dir}/${file}: the loader would drop it.`);
        continue;
      }
      const found = await parquetCounts(join(root, 'bagel', name, file)).catch(() => undefined);
      if (found === undefined) continue;
      rows += found.rows;
      if (found.groups !== said.num_row_groups || found.rows !== said.num_rows)
        add(
          'rowGroups',
          infoFile,
          null,
          `${file} has ${found.groups} row groups and ${found.rows} rows, not ${said.num_row_groups} and ${said.num_rows}.`,
        );
    }
    if (Object.keys(info).length !== there.length)
      add('row', infoFile, null, `It lists ${Object.keys(info).length} files, there are ${there.length}.`);
    if (entry.num_files !== there.length || entry.num_total_samples !== rows)
      add(
        'manifest',
        entryFile,
        null,
        `${name}: ${entry.num_files} files and ${entry.num_total_samples} rows are said, ${there.length} and ${rows} are there.`,
      );
  }
}

async function readJson<T>({ root, add }: CheckContext, path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(join(root, path), 'utf8')) as T;
  } catch (error) {
    add('row', path, null, `It cannot be read as JSON: ${(error as Error).message}`);
    return undefined;
  }
}
