import { Select } from '@mantine/core';
import { ImportColumn, type ImportColumns, type ImportPreview } from '../../../shared/model/import.ts';
import { text } from '../../text.ts';
import { count } from '../../ui/format.ts';
import { IconAlertTriangle, IconCheck } from '../../ui/icons.ts';

const words = text.export;
/** Roles without which there is no pair stand first; the others are seldom mapped. */
const FIRST = ['source', 'edited', 'instruction'] as const;

interface Props {
  preview: ImportPreview;
  columns: ImportColumns;
  onColumns(columns: ImportColumns): void;
}

/** The first rows of a set as they would go in, and which column is read as what. */
export function ImportPreviewView({ preview, columns, onColumns }: Props) {
  return (
    <div className="nhr-import-preview">
      {preview.columns.length > 0 && <Mapping preview={preview} columns={columns} onColumns={onColumns} />}
      <div className="nhr-import-preview-head">
        <strong>{words.previewTitle}</strong>
        {preview.rows > 0 && <span className="nhr-quiet">{words.previewRows(count(preview.rows))}</span>}
      </div>
      {preview.sample.length === 0 ? (
        <p className="nhr-quiet">{words.previewNone}</p>
      ) : (
        <table className="nhr-import-preview-rows">
          <thead>
            <tr>
              {[words.previewLine, words.previewBefore, words.previewAfter, words.previewInstruction].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {preview.sample.map((row, index) => (
              // Several pairs may come from one line.
              // biome-ignore lint/suspicious/noArrayIndexKey: the sample is replaced as a whole.
              <tr key={index}>
                <td>{row.line}</td>
                <td>
                  <Thumb picture={row.source} />
                </td>
                <td>
                  <Thumb picture={row.edited} />
                </td>
                <td>
                  <span className="nhr-import-preview-text">{row.instruction}</span>
                  {row.category !== '' && <span className="nhr-quiet">{row.category}</span>}
                  <span className="nhr-import-preview-mark" data-ok={row.fault === ''}>
                    {row.fault === '' ? <IconCheck aria-hidden size={14} /> : <IconAlertTriangle aria-hidden size={14} />}
                    {row.fault === '' ? words.previewGood : `${words.previewBad}: ${row.fault}`}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function Thumb({ picture }: { picture: ImportPreview['sample'][number]['source'] }) {
  if (picture === null) return null;
  const size = picture.width > 0 ? `${picture.width} × ${picture.height}` : '';
  return (
    <figure className="nhr-import-preview-thumb">
      {picture.thumbnail !== '' && <img src={picture.thumbnail} alt={picture.name} />}
      <figcaption title={picture.name}>
        {picture.thumbnail === '' && <span>{picture.name}</span>}
        {size}
      </figcaption>
    </figure>
  );
}

function Mapping({ preview, columns, onColumns }: Props) {
  const others = ImportColumn.options.filter((role) => !FIRST.some((first) => first === role));
  const field = (role: (typeof ImportColumn.options)[number]) => (
    <Select
      key={role}
      size="xs"
      label={words.roles[role]}
      placeholder={preview.used[role] ?? words.mapUsual}
      data={preview.columns}
      value={columns[role] ?? null}
      clearable
      searchable
      onChange={(column) => {
        const { [role]: _, ...rest } = columns;
        onColumns(column === null ? rest : { ...rest, [role]: column });
      }}
    />
  );
  return (
    <fieldset className="nhr-import-mapping">
      <legend>{words.mapping}</legend>
      <p className="nhr-quiet">{words.mappingAbout}</p>
      <div className="nhr-import-mapping-fields">{FIRST.map(field)}</div>
      <details className="nhr-export-more">
        <summary>{words.more}</summary>
        <div className="nhr-import-mapping-fields">{others.map(field)}</div>
      </details>
    </fieldset>
  );
}
