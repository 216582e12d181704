import { formatCount } from '../../../shared/count.ts';
import type { CheckReport } from './checkExport.ts';
import type { ExportReport } from './export/exportSet.ts';
import type { ImportReport } from './import/runImport.ts';
import type { JobResult } from './jobs.ts';
import type { ScoreImportedReport } from './scoreImported.ts';
import type { ScoreReport } from './scorePairs.ts';
import type { UploadReport } from './upload/uploadExport.ts';

/** An export's report as the end of a job. */
export function exportJobResult(report: ExportReport): JobResult {
  return { ok: true, report: report.lines, message: `${plural(report.rows, 'sample')} written to ${report.dir}.`, target: report.dir };
}

/** A check's report as the end of a job: the lines, then each fault with its file and line. Faults make the job failed. */
export function checkJobResult(report: CheckReport): JobResult {
  const faults = report.faults.map((fault) => ({
    label: fault.line === null ? fault.file : `${fault.file}:${fault.line}`,
    value: fault.message,
    ok: false,
    place: true,
  }));
  const more = report.faultCount - report.faults.length;
  if (more > 0) faults.push({ label: 'More faults', value: `${formatCount(more)} not shown`, ok: false, place: true });
  const message = report.ok
    ? `${plural(report.rows, 'row')} and ${plural(report.pictures, 'picture')} are as they were written.`
    : `${plural(report.faultCount, 'fault')} found.`;
  return { ok: report.ok, report: [...report.lines, ...faults], message, target: report.dir };
}

/** A scoring's report as the end of a job. Dropped pairs and bad rows are results, so the job is done. */
export function scoreJobResult(report: ScoreReport): JobResult {
  const message = `${report.passed} of ${plural(report.rows, 'pair')} passed, ${report.dropped} dropped, ${report.alreadyThere} already there, ${report.bad} bad.`;
  return { ok: true, report: report.lines, message, target: report.resultsFile };
}

/** A check of imported triplets as the end of a job. Drops are results, so the job is done; one that stopped before its end is not. */
export function scoreImportedJobResult({ checked, passed, dropped, unjudged, stopped, lines }: ScoreImportedReport): JobResult {
  const waiting = [...unjudged.values()].reduce((sum, count) => sum + count, 0);
  const parts = [
    `${passed} of ${plural(checked, 'imported triplet')} passed, ${dropped} dropped`,
    ...(waiting === 0 ? [] : [`${formatCount(waiting)} without an answer of a judge`]),
  ];
  return { ok: stopped === '', report: lines, message: `${parts.join(', ')}.${stopped === '' ? '' : ` Stopped: ${stopped}`}`, target: '' };
}

/** An import's report as the end of a job; its lines name the first bad rows. Those are results, so the job is done. */
export function importJobResult(report: ImportReport): JobResult {
  const message = `${plural(report.imported, 'pair')} of ${plural(report.rows, 'row')} imported, ${report.dropped} kept out, ${report.duplicates} duplicates, ${report.alreadyThere} already there, ${report.bad} bad.`;
  return { ok: true, report: report.lines, message, target: report.reportFile };
}

/** An upload's report as the end of a job. */
export function uploadJobResult(report: UploadReport, repo: string, dir: string): JobResult {
  const message = `${plural(report.sent, 'file')} sent to ${repo} in ${plural(report.commits, 'commit')}, ${report.kept} there already.`;
  return { ok: true, report: report.lines, message, target: dir };
}

function plural(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;
}
