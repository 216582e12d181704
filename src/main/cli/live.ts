import { formatCount } from '../../shared/count.ts';
import type { JobView } from '../../shared/model/events.ts';
import type { RunProgress } from '../../shared/model/run.ts';
import { cut, displayWidth, formatBar, formatDuration, formatMoney, formatPercent, formatRate, paint, type Style } from './format.ts';
import type { Output } from './world.ts';

/** A block that is drawn over in a terminal, and now and then a plain line everywhere else. */
export interface LiveView {
  /** `block` is asked for only when it is drawn; `line` likewise. `key` changes when something worth a line at once happened. */
  show(view: { key: string; block(width: number): string[]; line(): string }): void;
  /** A line that stays, above the block. */
  note(text: string): void;
  /** Draws the last state and leaves it standing. */
  end(): void;
}

const REDRAW_MS = 100;
const LINE_EVERY_MS = 5000;

/** `out` decides which of the two it is. */
export function createLiveView(out: Output, now: () => number): LiveView {
  let drawn = 0;
  let at = Number.NEGATIVE_INFINITY;
  let key = '';
  let waiting: Parameters<LiveView['show']>[0] | undefined;

  const erase = () => (drawn > 0 ? `\u001b[${drawn}A\u001b[J` : '');
  const draw = (view: Parameters<LiveView['show']>[0]) => {
    const width = Math.max(20, out.columns() - 1);
    const lines = view.block(width).slice(0, Math.max(1, out.rows() - 1));
    out.write(`${erase()}${lines.map((line) => `${cut(line, width, out)}\n`).join('')}`);
    drawn = lines.length;
    at = now();
    waiting = undefined;
  };

  return {
    show(view) {
      if (out.terminal) {
        if (now() - at >= REDRAW_MS || view.key !== key) draw(view);
        else waiting = view;
      } else if (now() - at >= LINE_EVERY_MS || view.key !== key) {
        out.write(`${view.line()}\n`);
        at = now();
        waiting = undefined;
      } else waiting = view;
      key = view.key;
    },
    note(text) {
      if (!out.terminal) return out.write(`${text}\n`);
      out.write(`${erase()}${text}\n`);
      drawn = 0;
      at = Number.NEGATIVE_INFINITY;
    },
    end() {
      if (waiting !== undefined && out.terminal) draw(waiting);
      else if (waiting !== undefined) out.write(`${waiting.line()}\n`);
      waiting = undefined;
      drawn = 0;
    },
  };
}

const SHORT: Record<RunProgress['funnel'][number]['key'], string> = {
  generated: 'images',
  plausible: 'plausible',
  edits: 'edits',
  lowLevel: 'low-level',
  fullReference: 'full-reference',
  textCheck: 'text',
  learned: 'learned',
  localValidator: 'local',
  softJudge: 'soft judge',
  softChecks: 'checks',
  validator: 'validator',
  selection: 'best',
  inversion: '+inverse',
  composition: '+composed',
  backwardConsistency: 'consistent',
};

/** What a display knows beside the progress itself. */
export interface RunFacts {
  name: string;
  demo: boolean;
  /** Budget in US dollars; null when there is none. */
  usdCap: number | null;
}

/** The block of a run: bar, money, funnel, errors. */
export function runBlock(progress: RunProgress, facts: RunFacts, width: number, style: Style): string[] {
  const { done, total, phase, rate, etaSeconds, spend } = progress;
  const share = total > 0 ? done / total : 0;
  const barWidth = Math.max(10, Math.min(32, width - 60));
  const dot = style.unicode ? ' · ' : ' | ';
  const arrow = style.unicode ? ' › ' : ' > ';
  const cap = facts.usdCap === null ? 'no cap' : `cap ${formatMoney(facts.usdCap)}`;
  const trouble = troubleOf(progress);
  return [
    `${paint('bold', facts.name, style)}${facts.demo ? paint('yellow', `${dot}demo`, style) : ''}`,
    [
      `${phase} ${formatBar(share, barWidth, style)} ${formatCount(done)}/${formatCount(total)}`,
      formatPercent(share),
      formatRate(rate),
      `ETA ${formatDuration(etaSeconds)}`,
    ].join('  '),
    [
      `spent ${formatMoney(spend.usdSettled)}`,
      `in flight ${formatMoney(spend.usdReserved)}`,
      cap,
      `GPU ${formatDuration(spend.gpuSeconds)}`,
      formatDuration(spend.wallSeconds),
    ].join(dot),
    ...wrap(
      progress.funnel.map((row) => `${SHORT[row.key]} ${formatCount(row.count)}`),
      arrow,
      width,
    ),
    `${paint('green', `triplets ${formatCount(progress.triplets)}`, style)}${dot}${trouble === '' ? 'no errors' : paint('red', trouble, style)}`,
  ];
}

/** Joins items into as few lines as their width allows. */
function wrap(items: string[], between: string, width: number): string[] {
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(last + between + item) <= width) lines[lines.length - 1] = last + between + item;
    else lines.push(last === undefined ? item : `${between.trimStart()}${item}`);
  }
  return lines;
}

/** The same in one plain line. */
export function runLine(progress: RunProgress): string {
  const { done, total, phase, rate, etaSeconds, spend } = progress;
  const parts = [
    `${phase} ${formatCount(done)}/${formatCount(total)}`,
    ...(total > 0 ? [formatPercent(done / total)] : []),
    formatRate(rate),
    `ETA ${formatDuration(etaSeconds)}`,
    `spent ${formatMoney(spend.usdSettled)}`,
    `triplets ${formatCount(progress.triplets)}`,
  ];
  const trouble = troubleOf(progress);
  return [...parts, ...(trouble === '' ? [] : [trouble])].join(', ');
}

function troubleOf(progress: RunProgress): string {
  const errors = progress.errors.map((error) => `${error.stage} ${error.code} ${formatCount(error.count)}`);
  const parts = [
    ...(errors.length > 0 ? [`errors: ${errors.join(', ')}`] : []),
    ...(progress.unknown > 0 ? [`unknown ${formatCount(progress.unknown)}`] : []),
    ...(progress.retries > 0 ? [`retries ${formatCount(progress.retries)}`] : []),
    ...(progress.overWorst > 0 ? [`dearer than declared ${formatCount(progress.overWorst)}`] : []),
    ...progress.otherModels.map(({ asked, answered, calls }) => `${answered} answered for ${asked} ${formatCount(calls)} times`),
  ];
  return parts.join('; ');
}

/** The bar of a job. */
export function jobLine(job: JobView, width: number, style: Style): string {
  const share = job.total > 0 ? job.done / job.total : 0;
  const bar = width >= 60 ? `${formatBar(share, 24, style)} ` : '';
  const left = job.etaSeconds === null ? '' : `  ETA ${formatDuration(job.etaSeconds)}`;
  return `${job.title}  ${bar}${formatCount(job.done)}/${formatCount(job.total)}  ${formatPercent(share)}${left}`;
}
