import type { FunnelRow } from '../../../shared/model/run.ts';
import { text } from '../../text.ts';
import { change, count } from '../../ui/format.ts';

/** What is left after each stage, like table 2 of the paper: number, change against the row before, and a bar to the same scale. */
export function Funnel({ rows }: { rows: FunnelRow[] }) {
  const most = Math.max(...rows.map((row) => row.count), 1);
  if (rows.every((row) => row.count === 0)) return <p className="nhr-quiet">{text.run.funnelEmpty}</p>;
  return (
    <table className="nhr-funnel" aria-label={text.run.funnel}>
      <tbody>
        {rows.map((row) => (
          <tr key={row.key}>
            <th scope="row">{row.label}</th>
            <td className="nhr-funnel-bar" aria-hidden>
              <span style={{ width: `${(row.count / most) * 100}%` }} />
            </td>
            <td className="nhr-num">{count(row.count)}</td>
            <td className="nhr-num nhr-quiet">{row.change === null ? '' : change(row.change)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
