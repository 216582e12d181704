import { formatCount } from '../../../../shared/count.ts';
import type { SplitName } from '../../../../shared/model/export.ts';

/** A dataset of the kit: a split, or the smoke subset. */
export interface BagelSet {
  key: string;
  split: SplitName;
  rows: number;
}

interface KitSet extends BagelSet {
  files: { path: string; rows: number }[];
}

/**
 * The files of a BAGEL kit beside the Parquet: parquet_info, the entries of its settings, LoRA settings, a script that moves the kit to
 * another path, and a README. `root` is where the kit will lie: the loader compares whole paths and drops a file that is not found
 * without a word.
 */
export function bagelFiles(kit: { sets: KitSet[]; smoke: KitSet; root: string }): { path: string; text: string }[] {
  const all = [...kit.sets, kit.smoke];
  return [
    ...all.map((set) => ({ path: `bagel/parquet_info/${set.key}.json`, text: json(parquetInfo(set, kit.root)) })),
    {
      path: 'bagel/dataset_info_entry.json',
      text: json({ unified_edit: Object.fromEntries(all.map((set) => [set.key, entry(set, kit.root)])) }),
    },
    { path: 'bagel/data_config.yaml', text: dataConfig(kit.sets[0]!) },
    { path: 'bagel/data_config_smoke.yaml', text: dataConfig(kit.smoke) },
    { path: 'bagel/lora.json', text: json(LORA) },
    { path: 'bagel/rewrite_paths.py', text: REWRITE_PATHS },
    { path: 'bagel/README.md', text: readme(kit.sets[0]!, kit.smoke) },
  ];
}

/** Where BAGEL's loader looks for a file: os.path.join(data_dir, name). The key must be exactly this. */
function pathIn(root: string, path: string): string {
  return `${root.replace(/\/+$/, '')}/${path}`;
}

function parquetInfo(set: KitSet, root: string) {
  return Object.fromEntries(
    set.files.map(({ path, rows }) => [pathIn(root, path), { num_row_groups: Math.ceil(rows / 10), num_rows: rows }]),
  );
}

function entry(set: KitSet, root: string) {
  return {
    data_dir: pathIn(root, `bagel/${set.key}`),
    num_files: set.files.length,
    num_total_samples: set.rows,
    parquet_info_path: pathIn(root, `bagel/parquet_info/${set.key}.json`),
  };
}

/** The group of a data config, edit data alone; sizes are those of BAGEL's own example. */
function dataConfig(set: KitSet): string {
  return [
    'unified_edit:',
    '  dataset_names:',
    `  - ${set.key}`,
    '  image_transform_args:',
    '    image_stride: 16',
    '    max_image_size: 1024',
    '    min_image_size: 512',
    '  vit_image_transform_args:',
    '    image_stride: 14',
    '    max_image_size: 518',
    '    min_image_size: 224',
    '  is_mandatory: true',
    '  num_used_data:  # files of the folder to use',
    `  - ${set.files.length}`,
    '  weight: 1',
    '',
  ].join('\n');
}

/** The paper's tuning of BAGEL (section 4.1): the generation expert alone, attention and feed-forward. */
const LORA = {
  rank: 16,
  alpha: 16,
  dropout: 0.05,
  bias: 'none',
  learning_rate: 2e-5,
  batch_size: 16,
  target_modules_regex: '.*\\.(self_attn\\.[qkvo]_proj_moe_gen|mlp_moe_gen\\.(gate|up|down)_proj)$',
};

const REWRITE_PATHS = `"""Makes the kit's absolute paths those of this folder: python rewrite_paths.py [NEW_ROOT]

NEW_ROOT is the folder that holds bagel/ where training runs; without it, the folder above this file.
BAGEL's loader compares whole paths and drops files that do not match without a word, so run this after every move.
"""

import json
import os
import sys

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else os.path.dirname(here)


def moved(path):
    return os.path.join(root, "bagel", path.replace("\\\\", "/").rsplit("/bagel/", 1)[1])


def rewrite(path, change):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(change(data), file, indent=2)
        file.write("\\n")


def change_entry(data):
    for entry in data["unified_edit"].values():
        for field in ("data_dir", "parquet_info_path"):
            entry[field] = moved(entry[field])
    return data


rewrite(os.path.join(here, "dataset_info_entry.json"), change_entry)
folder = os.path.join(here, "parquet_info")
for name in sorted(os.listdir(folder)):
    rewrite(os.path.join(folder, name), lambda data: {moved(key): value for key, value in data.items()})
print("paths now start with", os.path.join(root, "bagel"))
`;

function readme(set: KitSet, smoke: KitSet): string {
  return [
    `# BAGEL kit: ${set.key}`,
    '',
    `${formatCount(set.rows)} rows, ${set.files.length} files, ${formatCount(Math.ceil(set.rows / 10))} row groups.`,
    '',
    '1. Where training runs, make the paths right:',
    '',
    '   ```',
    '   python bagel/rewrite_paths.py',
    '   ```',
    '',
    '2. Put the entries of `dataset_info_entry.json` into `DATASET_INFO` of `data/dataset_info.py`, under `unified_edit`.',
    '',
    `3. Train on the smoke subset (${smoke.rows} rows) first, then on all:`,
    '',
    '   ```',
    '   torchrun --nproc_per_node=1 train/pretrain_unified_navit.py --dataset_config_file bagel/data_config_smoke.yaml \\',
    '     --finetune_from_hf True --resume-model-only True --finetune-from-ema True --auto_resume True \\',
    '     --lr 2e-5 --num_worker 1 --expected_num_tokens 10240 --max_num_tokens 11520 --max_latent_size 64',
    '   torchrun --nproc_per_node=8 train/pretrain_unified_navit.py --dataset_config_file bagel/data_config.yaml ... (same flags)',
    '   ```',
    '',
    'GPUs x `num_worker` must not be more than the row groups: a worker without a row group never ends.',
    '',
    'LoRA: `lora.json` holds the settings of the NHR paper (rank 16, alpha 16, dropout 0.05, generation expert alone). The official code',
    'has no LoRA switch; forks of it take the same numbers as flags.',
    '',
  ].join('\n');
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
