import type { Column } from './columns.ts';
import type { FormatContext } from './export/format.ts';

const TYPES = { string: 'sc:Text', strings: 'sc:Text', int: 'sc:Integer', float: 'sc:Float' } as const;

/** croissant.json (MLCommons Croissant 1.0) over the metadata of an image tree: for places that do not make their own. */
export function croissant({ name, options, plan }: FormatContext, columns: readonly Column[]): string {
  const splits = plan.splits.filter(({ rows }) => rows > 0);
  const document = {
    '@context': {
      '@language': 'en',
      '@vocab': 'https://schema.org/',
      sc: 'https://schema.org/',
      cr: 'http://mlcommons.org/croissant/',
      dct: 'http://purl.org/dc/terms/',
      conformsTo: 'dct:conformsTo',
      recordSet: 'cr:recordSet',
      field: 'cr:field',
      dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
      source: 'cr:source',
      extract: 'cr:extract',
      fileSet: 'cr:fileSet',
      fileObject: 'cr:fileObject',
      includes: 'cr:includes',
      jsonPath: 'cr:jsonPath',
      repeated: 'cr:repeated',
    },
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.0',
    name,
    description: `${plan.rows} image-editing triplets <original, instruction, edited>.`,
    license: options.license,
    distribution: splits.map((split) => ({
      '@type': 'cr:FileSet',
      '@id': `${split.name}-rows`,
      name: `${split.name}-rows`,
      encodingFormat: 'application/jsonlines',
      includes: `${split.name}/metadata.jsonl`,
    })),
    recordSet: splits.map((split) => ({
      '@type': 'cr:RecordSet',
      '@id': split.name,
      name: split.name,
      field: columns.map(([column, type]) => ({
        '@type': 'cr:Field',
        '@id': `${split.name}/${column}`,
        name: column,
        dataType: TYPES[type],
        ...(type === 'strings' ? { repeated: true } : {}),
        source: { fileSet: { '@id': `${split.name}-rows` }, extract: { jsonPath: `$.${column}` } },
      })),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
