import { Button, CopyButton, Skeleton } from '@mantine/core';
import type { CalibrationSource, CalibrationView, ScoreModel } from '../../../shared/model/calibration.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { count } from '../../ui/format.ts';
import { IconCopy } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { Reliability } from './Reliability.tsx';
import { useDrifts } from './useCalibrations.ts';

const t = text.lab;
/** Held-out sources; with fewer the intervals themselves are unsure. */
const FEW_SOURCES = 10;
const SCORES = ['adherence', 'aesthetics'] as const;

/** One calibration: errors with intervals, plots, what it looks at, whether it still holds, and how to use it. */
export function Detail({ view }: { view: CalibrationView }) {
  const { id, hash, calibration } = view;
  const made = new Date(calibration.createdAt).toISOString().slice(0, 10);
  const { count: pairs, sources } = calibration.adherence.holdOut;
  return (
    <>
      <Section title={`${id}: ${t.quality.title}`} about={t.quality.about(pairs, sources)}>
        <table className="nhr-table" aria-label={t.quality.title}>
          <thead>
            <tr>
              <th>{t.quality.score}</th>
              <th>{t.quality.method}</th>
              <th className="nhr-num">{t.quality.error}</th>
              <th className="nhr-num">{t.quality.mean}</th>
              <th className="nhr-num">{t.quality.rank}</th>
            </tr>
          </thead>
          <tbody>
            {SCORES.map((score) => (
              <Quality key={score} name={t.score[score]} model={calibration[score]} />
            ))}
          </tbody>
        </table>
        {SCORES.some((score) => saysLittle(calibration[score])) && <p className="nhr-lab-warn">{t.quality.poor}</p>}
        {sources < FEW_SOURCES && <p className="nhr-lab-warn">{t.quality.few(sources)}</p>}
        <p className="nhr-quiet">{t.facts(sourceWords(calibration.source), made, hash.slice(0, 12))}</p>
      </Section>
      <Section title={t.plot.title} about={t.plot.about}>
        <div className="nhr-lab-pair">
          {SCORES.map((score) => (
            <Reliability key={score} name={t.score[score]} points={calibration[score].holdOut.points} />
          ))}
        </div>
      </Section>
      <Section title={t.signals.title} about={t.signals.about}>
        <div className="nhr-lab-pair">
          {SCORES.map((score) => (
            <Weights key={score} name={t.score[score]} weights={view.strongest[score]} />
          ))}
        </div>
      </Section>
      <Drifts id={id} />
      <Use id={id} />
    </>
  );
}

/** Whether it may be no better than always saying the mean, or may not order pairs at all. */
function saysLittle({ holdOut: { maeInterval, maeOfMean, spearmanInterval } }: ScoreModel): boolean {
  return maeInterval[1] >= maeOfMean || spearmanInterval[0] <= 0;
}

function Quality({ name, model: { method, holdOut } }: { name: string; model: ScoreModel }) {
  const { mae, maeInterval, maeOfMean, spearman, spearmanInterval } = holdOut;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{t.quality.methods[method]}</td>
      <td className="nhr-num">
        <b>{mae.toFixed(2)}</b> <span className="nhr-quiet">{range(maeInterval)}</span>
      </td>
      <td className="nhr-num">{maeOfMean.toFixed(2)}</td>
      <td className="nhr-num">
        <b>{spearman.toFixed(2)}</b> <span className="nhr-quiet">{range(spearmanInterval)}</span>
      </td>
    </tr>
  );
}

function Weights({ name, weights }: { name: string; weights: { feature: string; weight: number }[] }) {
  const most = Math.max(...weights.map(({ weight }) => Math.abs(weight)), 1e-9);
  return (
    <table className="nhr-table nhr-lab-weights" aria-label={`${t.signals.title}: ${name}`}>
      <thead>
        <tr>
          <th>{name}</th>
          <th className="nhr-num">{t.signals.weight}</th>
          <th aria-hidden />
        </tr>
      </thead>
      <tbody>
        {weights.map(({ feature, weight }) => (
          <tr key={feature}>
            <td>{t.signals.word(feature)}</td>
            <td className="nhr-num">
              {weight > 0 ? '+' : '−'}
              {Math.abs(weight).toFixed(2)}
            </td>
            <td aria-hidden>
              <span className="nhr-lab-weight" data-sign={weight > 0 ? 'up' : 'down'}>
                <span style={{ width: `${(50 * Math.abs(weight)) / most}%` }} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Drifts({ id }: { id: string }) {
  const { found, pending, error } = useDrifts(id);
  return (
    <Section title={t.drift.title} about={t.drift.about}>
      {error && <ErrorNote error={readError(error)} />}
      {pending && found.length === 0 && <Skeleton height={40} role="status" aria-label={text.app.loading} />}
      {!pending && !error && found.length === 0 && <p className="nhr-quiet">{t.drift.none}</p>}
      {found.length > 0 && (
        <table className="nhr-table" aria-label={t.drift.title}>
          <thead>
            <tr>
              <th>{t.drift.run}</th>
              <th>{t.drift.state}</th>
              {SCORES.map((score) => (
                <th key={score} className="nhr-num">
                  {t.score[score]}: {t.drift.error}
                </th>
              ))}
              <th className="nhr-num">{t.drift.pairs}</th>
            </tr>
          </thead>
          <tbody>
            {found.map(({ run, drift }) => (
              <tr key={run.id}>
                <td>
                  <a className="nhr-lab-link" href={formatRoute({ screen: 'run', runId: run.id })}>
                    {run.name}
                  </a>
                </td>
                <td>
                  <span className="nhr-state" data-tone={{ early: 'quiet', steady: 'accent', drifted: 'bad' }[drift.state]}>
                    <span className="nhr-dot" />
                    {t.drift.states[drift.state]}
                  </span>
                </td>
                {SCORES.map((score) => (
                  <td key={score} className="nhr-num">
                    {drift.count === 0 ? '' : `${drift[score].mae.toFixed(2)} (${drift[score].holdOut.toFixed(2)})`}
                  </td>
                ))}
                <td className="nhr-num">{count(drift.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  );
}

function Use({ id }: { id: string }) {
  const yaml = [
    'stages: [edit, lowLevel, fullReference, localValidator, softJudge, softChecks, validator]',
    'gates:',
    `  localValidator: { calibration: ${id} }`,
  ].join('\n');
  return (
    <Section
      title={t.use.title}
      about={t.use.about}
      right={
        <CopyButton value={yaml}>
          {({ copied, copy }) => (
            <Button size="xs" variant="default" leftSection={<IconCopy aria-hidden size={15} />} onClick={copy}>
              {copied ? t.use.copied : t.use.copy}
            </Button>
          )}
        </CopyButton>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <pre className="nhr-lab-yaml" tabIndex={0}>
        {yaml}
      </pre>
    </Section>
  );
}

function range([low, high]: [number, number]): string {
  return `${low.toFixed(2)} to ${high.toFixed(2)}`;
}

function sourceWords(source: CalibrationSource): string {
  return source.from === 'run' ? t.of.run(source.runId) : t.of[source.from];
}
