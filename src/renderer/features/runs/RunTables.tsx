import { ProviderErrorCode } from '../../../shared/model/errors.ts';
import type { DifficultyRow, RunProgress } from '../../../shared/model/run.ts';
import { text } from '../../text.ts';
import { count, percent } from '../../ui/format.ts';

/** What failed, by stage and code. A rejection is a result and is not here. */
export function Errors({ errors }: { errors: RunProgress['errors'] }) {
  const columns = text.run.errorColumns;
  if (errors.length === 0) return <p className="nhr-quiet">{text.run.errorsEmpty}</p>;
  return (
    <table className="nhr-table" aria-label={text.run.errors}>
      <thead>
        <tr>
          <th>{columns.stage}</th>
          <th>{columns.code}</th>
          <th className="nhr-num">{columns.count}</th>
          <th>{text.figures.figures.whatToDo}</th>
        </tr>
      </thead>
      <tbody>
        {errors.map((row) => (
          <tr key={`${row.stage} ${row.code}`}>
            <td>{text.stage[row.stage]}</td>
            <td>
              <code>{row.code}</code>
            </td>
            <td className="nhr-num">{count(row.count)}</td>
            <td className="nhr-quiet">{whatToDo(row.code)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function whatToDo(code: string): string {
  const known = ProviderErrorCode.safeParse(code);
  return known.success ? text.figures.figures.error[known.data] : text.figures.figures.errorElse;
}

/** How hard each operation was, hardest first. */
export function Difficulty({ rows }: { rows: DifficultyRow[] }) {
  const columns = text.run.difficultyColumns;
  if (rows.length === 0) return <p className="nhr-quiet">{text.run.difficultyEmpty}</p>;
  const sorted = [...rows].sort((a, b) => a.successRate - b.successRate || a.category.localeCompare(b.category));
  return (
    <table className="nhr-table" aria-label={text.run.difficulty}>
      <thead>
        <tr>
          <th>{columns.category}</th>
          <th className="nhr-num">{columns.attempts}</th>
          <th className="nhr-num">{columns.solved}</th>
          <th className="nhr-num">{columns.mean}</th>
          <th className="nhr-num">{text.figures.figures.never}</th>
          <th className="nhr-rate">{columns.rate}</th>
        </tr>
      </thead>
      <tbody>
        {sorted.map((row) => (
          <tr key={row.category}>
            <td>{row.category}</td>
            <td className="nhr-num">{count(row.attempts)}</td>
            <td className="nhr-num">
              {count(row.solved)} / {count(row.groups)}
            </td>
            <td className="nhr-num">{row.meanAttemptsToSuccess?.toFixed(1) ?? '–'}</td>
            <td className="nhr-num">{row.groups > 0 ? percent(1 - row.solved / row.groups, 0) : '–'}</td>
            <td className="nhr-rate">
              <span className="nhr-rate-bar" aria-hidden>
                <span style={{ width: `${row.successRate * 100}%` }} />
              </span>
              {percent(row.successRate, 0)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
