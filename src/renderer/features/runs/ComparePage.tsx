import './runs.css';
import './figures.css';
import { NativeSelect, Skeleton, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ComparedRow, ComparedShare, RunComparison } from '../../../shared/model/comparison.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { count, duration, percent, usd } from '../../ui/format.ts';
import { Lines } from '../../ui/Lines.tsx';
import { DemoBadge, Empty, Section } from '../../ui/Parts.tsx';
import { stageName } from './EstimateView.tsx';
import { useRuns } from './useRuns.ts';

const t = text.figures.compare;

/** Two runs side by side; which ones stands in the address. */
export function ComparePage({ a, b }: { a: string; b: string }) {
  const { runs, known } = useRuns();
  const { engine } = useStudio();
  const both = a !== '' && b !== '' && a !== b;
  const comparison = useQuery(engine.runs.compare.queryOptions({ input: { a, b }, enabled: both }));
  const choices = [{ value: '', label: t.pick }, ...runs.map((run) => ({ value: run.id, label: `${run.name} (${run.id})` }))];
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <BackLink href={formatRoute({ screen: 'runs' })}>{text.run.back}</BackLink>
        <Title order={1}>{t.title}</Title>
      </div>
      {known && runs.length < 2 ? (
        <Empty title={t.one} />
      ) : (
        <>
          <div className="nhr-compare-pick">
            <NativeSelect
              label={t.first}
              data={choices}
              value={a}
              onChange={(event) => go({ screen: 'compare', a: event.currentTarget.value, b }, 'replace')}
            />
            <NativeSelect
              label={t.second}
              data={choices}
              value={b}
              onChange={(event) => go({ screen: 'compare', a, b: event.currentTarget.value }, 'replace')}
            />
          </div>
          {!both ? (
            <Empty title={t.same} />
          ) : comparison.error ? (
            <ErrorNote error={readError(comparison.error)} onRetry={() => void comparison.refetch()} />
          ) : comparison.data ? (
            <Comparison comparison={comparison.data} />
          ) : (
            <Skeleton height={420} role="status" aria-label={text.app.loading} />
          )}
        </>
      )}
    </div>
  );
}

function Comparison({ comparison }: { comparison: RunComparison }) {
  const { a, b, steps, categories, recipe } = comparison;
  // Two runs of one recipe have one name.
  const names = a.run.name === b.run.name ? ([`${a.run.name} (1)`, `${b.run.name} (2)`] as const) : ([a.run.name, b.run.name] as const);
  const facts: [string, (side: RunComparison['a']) => string][] = [
    [t.rows.attempts, ({ run }) => count(run.attemptsDone)],
    [t.rows.triplets, ({ run }) => count(run.triplets)],
    [t.rows.usd, ({ run }) => usd(run.usdSettled)],
    [t.rows.reused, ({ run }) => count(run.reused)],
    [t.rows.perTriplet, ({ usdPerTriplet }) => (usdPerTriplet === null ? t.none : usd(usdPerTriplet))],
    [t.rows.gpu, ({ gpuSeconds }) => duration(gpuSeconds)],
    [t.rows.wall, ({ wallSeconds }) => duration(wallSeconds)],
  ];
  const head = (first: string): ReactNode[] => [
    first,
    <RunName key="a" name={names[0]} demo={a.run.demo} />,
    <RunName key="b" name={names[1]} demo={b.run.demo} />,
  ];
  return (
    <div className="nhr-compare-grid">
      <Section title={t.overview}>
        <Table label={t.overview} head={head('')} rows={facts.map(([label, show]) => [label, show(a), show(b)])} />
      </Section>
      <Section title={t.steps} about={t.stepsAbout}>
        <Table label={t.steps} head={[...head(t.step), t.difference]} rows={steps.map((row) => [stepName(row.key), ...shares(row)])} />
      </Section>
      <Section title={t.survival} about={text.run.survivalAbout}>
        <Lines
          label={t.survival}
          summary={`${names[0]}: ${curveWords(a)}. ${names[1]}: ${curveWords(b)}.`}
          xName={text.run.threshold}
          height={200}
          maxY={1}
          lines={[a, b].map((side, i) => ({
            label: names[i] ?? '',
            tone: i as 0 | 1,
            points: side.survival.points.map((point) => ({ x: point.t, y: point.share })),
          }))}
          marks={[a, b].flatMap((side, i) => side.survival.knees.map((x) => ({ x, tone: i as 0 | 1 })))}
          showX={(x) => x.toFixed(1)}
          showY={(y) => percent(y, 0)}
        />
      </Section>
      <Section title={t.categories} about={t.categoriesAbout}>
        <Table
          label={t.categories}
          head={[...head(text.run.difficultyColumns.category), t.difference]}
          rows={categories.map((row) => [row.key, ...shares(row)])}
        />
      </Section>
      <Section title={t.recipe}>
        {recipe.length === 0 ? (
          <p className="nhr-quiet">{t.recipeSame}</p>
        ) : (
          <Table
            label={t.recipe}
            head={head(t.field)}
            rows={recipe.map(({ path, a: left, b: right }) => [
              <code key="path">{path}</code>,
              <code key="a">{left ?? t.none}</code>,
              <code key="b">{right ?? t.none}</code>,
            ])}
          />
        )}
      </Section>
    </div>
  );
}

function RunName({ name, demo }: { name: string; demo: boolean }) {
  return (
    <>
      {name} {demo && <DemoBadge />}
    </>
  );
}

function Table({ label, head, rows }: { label: string; head: ReactNode[]; rows: ReactNode[][] }) {
  return (
    <div className="nhr-wide-table">
      <table className="nhr-table" aria-label={label}>
        <thead>
          <tr>
            {head.map((cell, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <th key={i}>{cell}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows do not move by themselves
            <tr key={i}>
              {row.map((cell, j) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                <td key={j}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Both shares and their difference as cells. */
function shares({ a, b, difference }: ComparedRow): ReactNode[] {
  const sure = difference !== null && (difference.low > 0 || difference.high < 0);
  const points = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value * 100).toFixed(1)}`;
  return [
    shareWords(a),
    shareWords(b),
    difference === null ? (
      t.none
    ) : (
      <span key="d" className="nhr-difference" data-sure={sure || undefined}>
        {points(difference.difference)} ({points(difference.low)} to {points(difference.high)}) {sure ? t.sure : t.unsure}
      </span>
    ),
  ];
}

function shareWords(share: ComparedShare | null): string {
  if (!share) return t.none;
  const interval = share.low === null || share.high === null ? '' : ` (${percent(share.low)} to ${percent(share.high)})`;
  return `${percent(share.share)}${interval}, ${count(share.count)} of ${count(share.of)}`;
}

function stepName(key: string): string {
  return key === 'plausible' ? text.stage.plausibility : key === 'edits' ? text.stage.edit : stageName(key);
}

function curveWords({ survival }: RunComparison['a']): string {
  return survival.suggested === null ? text.run.noSuggested : text.run.suggested(survival.suggested.toFixed(1));
}
