import type { JobView } from '../../../shared/model/events.ts';
import { text } from '../../text.ts';
import { IconAlertTriangle, IconCheck, IconCircleCheck } from '../../ui/icons.ts';

const words = text.export;
type Line = JobView['report'][number];

/** What came of a job: its numbers, or for a check what was looked at, then every place where something is wrong. */
export function Report({ job }: { job: JobView }) {
  const places = job.report.filter(({ place }) => place === true);
  const lines = job.report.filter(({ place }) => place !== true);
  return (
    <>
      {job.kind === 'check' ? <Checks lines={lines} /> : <Numbers lines={lines} />}
      {places.length > 0 && <Places places={places} />}
    </>
  );
}

function Checks({ lines }: { lines: Line[] }) {
  const failed = lines.filter(({ ok }) => !ok).length;
  return (
    <div className="nhr-export-verdict" data-ok={failed === 0}>
      <p>
        {failed === 0 ? <IconCircleCheck aria-hidden size={18} /> : <IconAlertTriangle aria-hidden size={18} />}
        {failed === 0 ? words.checksPassed(lines.length) : words.checksFailed(failed, lines.length)}
      </p>
      <ul>
        {lines.map(({ label, value, ok }) => (
          <li key={label} data-ok={ok}>
            <Mark ok={ok} />
            <strong>{label}</strong>
            <span>{value}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Numbers({ lines }: { lines: Line[] }) {
  return (
    <dl className="nhr-report">
      {lines.map(({ label, value, ok }) => (
        <div key={label} data-ok={ok}>
          <dt>{label}</dt>
          <dd>
            {value}
            <Mark ok={ok} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** File and line, and what is wrong there. */
function Places({ places }: { places: Line[] }) {
  return (
    <details className="nhr-export-more nhr-export-places" open={places.length <= 5}>
      <summary>{words.places(places.length)}</summary>
      <ul>
        {places.map(({ label, value }, index) => (
          // The same place may have several faults.
          // biome-ignore lint/suspicious/noArrayIndexKey: a report never changes.
          <li key={index}>
            <code>{label}</code>
            <span>{value}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Mark({ ok }: { ok: boolean }) {
  return (
    <span role="img" aria-label={ok ? words.ok : words.notOk} className="nhr-report-mark">
      {ok ? <IconCheck aria-hidden size={15} /> : <IconAlertTriangle aria-hidden size={15} />}
    </span>
  );
}
