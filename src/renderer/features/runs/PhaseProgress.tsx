import { Skeleton } from '@mantine/core';
import type { RunProgress, RunSummary } from '../../../shared/model/run.ts';
import { text } from '../../text.ts';
import { count, duration, rate } from '../../ui/format.ts';
import { Bar } from '../../ui/Parts.tsx';

/** The present phase as a bar with what is done, how fast, and how long it still takes; below it what the attempts gave. */
export function PhaseProgress({ run, progress }: { run: RunSummary; progress: RunProgress | undefined }) {
  if (!progress) return <Skeleton height={86} radius="md" role="status" aria-label={text.app.loading} />;
  const running = run.state === 'running';
  const { done, total } = progress;
  // An ended run that reached its end says so, whatever its last phase was; a cancelled one shows where it stood.
  const finished = run.state === 'ended' && (run.end === 'exhausted' || run.end === 'budget');
  const phase = finished ? 'done' : progress.phase;
  const share = phase === 'done' ? 1 : total > 0 ? done / total : null;
  return (
    <section className="nhr-card nhr-phase" aria-label={text.run.progress}>
      <div className="nhr-phase-line">
        <strong>{text.phase[phase]}</strong>
        {phase !== 'done' && (
          <span>
            {count(done)}
            {total > 0 && ` / ${count(total)}`} {text.phaseUnit[phase]}
          </span>
        )}
        <span className="nhr-grow" />
        {running && progress.rate > 0 && <span>{rate(progress.rate)}</span>}
        {running && <span>{progress.etaSeconds === null ? text.run.etaUnknown : text.run.eta(duration(progress.etaSeconds))}</span>}
      </div>
      <Bar label={text.run.progress} value={share} tone={running ? 'accent' : 'quiet'} />
      <div className="nhr-phase-line nhr-phase-counts">
        {(['passed', 'rejected', 'failed', 'unknown'] as const).map((name) => (
          <span key={name} data-zero={progress[name] === 0 || undefined} data-name={name}>
            <b>{count(progress[name])}</b> {text.run.counts[name]}
          </span>
        ))}
        <span className="nhr-grow" />
        <span>
          <b>{count(progress.triplets)}</b> {progress.triplets === 1 ? 'triplet' : 'triplets'}
        </span>
      </div>
    </section>
  );
}
