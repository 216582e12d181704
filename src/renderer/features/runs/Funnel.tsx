import type { StageName } from '../../../shared/model/recipe.ts';
import type { FunnelRow } from '../../../shared/model/run.ts';
import { text } from '../../text.ts';
import { reasonWords } from '../../texts/reasons.ts';
import { change, count, percent } from '../../ui/format.ts';

export interface Reason {
  stage: StageName;
  reason: string;
  count: number;
}

/**
 * What is left after each stage, like table 2 of the paper: number, change against the row before, and a bar to the same scale whose
 * pale part is what the stage took away, with the most frequent reasons for it.
 */
export function Funnel({ rows, reasons = [] }: { rows: FunnelRow[]; reasons?: readonly Reason[] }) {
  const most = Math.max(...rows.map((row) => row.count), 1);
  if (rows.every((row) => row.count === 0)) return <p className="nhr-quiet">{text.run.funnelEmpty}</p>;
  return (
    <table className="nhr-funnel" aria-label={text.run.funnel}>
      <tbody>
        {rows.map((row, i) => {
          const before = rows[i - 1]?.count ?? row.count;
          const lost = row.change === null ? 0 : Math.max(0, before - row.count);
          const why = reasonsOf(row, reasons);
          return (
            <tr key={row.key}>
              <th scope="row">
                {row.label}
                {why !== '' && <small>{why}</small>}
              </th>
              <td
                className="nhr-funnel-bar"
                aria-hidden
                title={lost > 0 ? text.figures.figures.lost(percent(lost / before), count(lost)) : undefined}
              >
                <span style={{ width: `${(row.count / most) * 100}%` }} />
                {lost > 0 && <span data-lost style={{ width: `${(lost / most) * 100}%` }} />}
              </td>
              <td className="nhr-num">{count(row.count)}</td>
              <td className="nhr-num nhr-quiet">{row.change === null ? '' : change(row.change)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function reasonsOf({ key }: FunnelRow, reasons: readonly Reason[]): string {
  const stage = key === 'plausible' ? 'plausibility' : key === 'edits' ? 'edit' : key;
  return reasons
    .filter((reason) => reason.stage === stage)
    .slice(0, 2)
    .map(({ reason, count: n }) => `${reasonWords(reason)} ${count(n)}`)
    .join(', ');
}
