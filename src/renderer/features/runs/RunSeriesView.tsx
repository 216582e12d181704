import type { EndpointSeries, RunSeries } from '../../../shared/model/series.ts';
import { text } from '../../text.ts';
import { count, duration, millis } from '../../ui/format.ts';
import { Lines } from '../../ui/Lines.tsx';

const t = text.figures.figures;
const shortTime = (from: number) => (x: number) => `+${duration((x - from) / 1000)}`;

/** Attempts that ended, a minute, by what came of them. */
export function Throughput({ series }: { series: RunSeries }) {
  if (series.attempts.length === 0) return <p className="nhr-quiet">{t.seriesEmpty}</p>;
  const perMinute = 60_000 / series.widthMs;
  const line = (label: string, tone: 0 | 1 | 2, of: (point: RunSeries['attempts'][number]) => number) => ({
    label,
    tone,
    points: series.attempts.map((point) => ({ x: point.at, y: of(point) * perMinute })),
  });
  const done = series.attempts.reduce((sum, point) => sum + point.passed + point.rejected + point.failed, 0);
  const minutes = Math.max(1 / 60, (series.to - series.from) / 60_000);
  return (
    <Lines
      label={t.over}
      summary={t.perMinute(count(done / minutes))}
      xName={t.time}
      lines={[
        line(t.passed, 0, (point) => point.passed),
        line(t.rejected, 1, (point) => point.rejected),
        ...(series.attempts.some((point) => point.failed > 0) ? [line(t.failures, 2, (point) => point.failed)] : []),
      ]}
      showX={shortTime(series.from)}
      showY={(y) => t.perMinute(count(y)).replace(' a minute', '/min')}
    />
  );
}

/** Each endpoint: latency over time, and how many calls failed. */
export function Endpoints({ series }: { series: RunSeries }) {
  if (series.endpoints.length === 0) return <p className="nhr-quiet">{t.seriesEmpty}</p>;
  return (
    <div className="nhr-endpoint-plots">
      {series.endpoints.map((endpoint) => (
        <EndpointPlot key={endpoint.endpoint} endpoint={endpoint} from={series.from} />
      ))}
    </div>
  );
}

function EndpointPlot({ endpoint, from }: { endpoint: EndpointSeries; from: number }) {
  const { points, p50, p95, failed, calls, errors } = endpoint;
  const latency = p50 === null || p95 === null ? '' : t.latency(millis(p50), millis(p95));
  const failures = t.failed(count(failed), count(calls));
  return (
    <article aria-label={endpoint.endpoint}>
      <h3>{endpoint.endpoint}</h3>
      <p className="nhr-quiet">
        {latency} · {failures}
        {errors.length > 0 && `: ${errors.map((error) => `${error.code} ${count(error.count)}`).join(', ')}`}
      </p>
      <Lines
        label={endpoint.endpoint}
        summary={`${latency}. ${failures}.`}
        height={120}
        xName={t.time}
        lines={[
          { label: 'p50', tone: 0, points: points.map((point) => ({ x: point.at, y: point.p50 })) },
          { label: 'p95', tone: 1, points: points.map((point) => ({ x: point.at, y: point.p95 })) },
        ]}
        showX={shortTime(from)}
        showY={millis}
      />
      {failed > 0 && (
        <Lines
          label={`${endpoint.endpoint}: ${t.failures}`}
          summary={failures}
          height={70}
          xName={t.time}
          lines={[{ label: t.failures, tone: 2, points: points.map((point) => ({ x: point.at, y: point.failed })) }]}
          showX={shortTime(from)}
          showY={count}
        />
      )}
    </article>
  );
}
