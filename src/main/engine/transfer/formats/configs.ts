interface SplitRows {
  name: string;
  rows: number;
}

/** The `configs` of a dataset card (YAML lines): where the files of each split lie. Splits without rows are left out. */
export function splitConfigs(splits: readonly SplitRows[], pattern: (split: string) => string, more: readonly string[] = []): string[] {
  return [
    '- config_name: default',
    '  default: true',
    ...more,
    '  data_files:',
    ...splits.flatMap(({ name, rows }) => (rows === 0 ? [] : [`  - split: ${name}`, `    path: ${pattern(name)}`])),
  ];
}

/** Of a tree with metadata.jsonl, which loads as an imagefolder; without drop_labels the folders would become labels. */
export function imagefolderConfigs(splits: readonly SplitRows[]): string[] {
  return splitConfigs(splits, (split) => `${split}/**`, ['  drop_labels: true']);
}
