import { Skeleton } from '@mantine/core';
import type { LaneFacts } from '../../../shared/model/lane.ts';
import { readError } from '../../app/readError.ts';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { age, count, duration, millis } from '../../ui/format.ts';
import { Bar, Section } from '../../ui/Parts.tsx';
import { useLanes } from './useEndpoints.ts';

const TONE = { closed: 'accent', open: 'bad', 'half-open': 'warn' } as const satisfies Record<LaneFacts['state'], string>;

/** How a queue stands, in two short lines for a table. Its place is kept while nothing is known. */
export function LaneLine({ lane, known }: { lane: LaneFacts | undefined; known: boolean }) {
  if (!lane) return <div className="nhr-lane-line nhr-quiet">{known ? text.endpoints.lane.unused : ''}</div>;
  return (
    <div className="nhr-lane-line">
      <span className="nhr-state" data-tone={lane.inFlight === 0 && lane.state === 'closed' ? 'quiet' : TONE[lane.state]}>
        <span className="nhr-dot" data-live={lane.inFlight > 0 || undefined} />
        {lane.state === 'closed' ? text.endpoints.lane.busy(lane.inFlight, lane.limit) : text.endpoints.lane.state[lane.state]}
        {lane.waiting > 0 && `, ${text.endpoints.lane.waiting(lane.waiting)}`}
      </span>
      <small>
        {lane.latencyP50 === null || lane.latencyP95 === null
          ? text.endpoints.lane.pace(count(lane.callsPerMinute))
          : `${text.endpoints.lane.pace(count(lane.callsPerMinute))} · ${text.endpoints.lane.latencyShort(millis(lane.latencyP50), millis(lane.latencyP95))}`}
      </small>
      {troubles(lane).map((line) => (
        <small key={line} data-tone="warn">
          {line}
        </small>
      ))}
    </div>
  );
}

/** The queue in front of one endpoint, in full and live. */
export function LaneSection({ id }: { id: string }) {
  const lanes = useLanes();
  const lane = lanes.data?.find((facts) => facts.endpoint === id);
  return (
    <Section title={text.endpoints.lane.title} about={text.endpoints.lane.about}>
      {lanes.isPending && <Skeleton height={60} role="status" aria-label={text.app.loading} />}
      {lanes.error && !lanes.data && <ErrorNote error={readError(lanes.error)} onRetry={() => void lanes.refetch()} />}
      {lanes.data && !lane && <p className="nhr-quiet">{text.endpoints.lane.unusedAbout}</p>}
      {lane && <LaneFull lane={lane} />}
    </Section>
  );
}

function LaneFull({ lane }: { lane: LaneFacts }) {
  const { names, none } = text.endpoints.lane;
  const facts: [string, string][] = [
    [names.limit, `${lane.limit} ${text.endpoints.lane.of(String(lane.cap))}`],
    [names.inFlight, count(lane.inFlight)],
    [names.waiting, count(lane.waiting)],
    [names.pace, count(lane.callsPerMinute)],
    [names.p50, lane.latencyP50 === null ? none : millis(lane.latencyP50)],
    [names.p95, lane.latencyP95 === null ? none : millis(lane.latencyP95)],
    [names.retries, count(lane.retries)],
  ];
  return (
    <>
      <span className="nhr-state" data-tone={TONE[lane.state]}>
        <span className="nhr-dot" data-live={lane.inFlight > 0 || undefined} />
        {text.endpoints.lane.state[lane.state]}
      </span>
      <div className="nhr-lane-bar">
        <Bar
          label={names.inFlight}
          value={lane.limit > 0 ? lane.inFlight / lane.limit : null}
          tone={lane.state === 'closed' ? 'accent' : 'warn'}
        />
      </div>
      <dl className="nhr-lane-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {troubles(lane).map((line) => (
        <p key={line} className="nhr-lane-trouble">
          {line}
        </p>
      ))}
      {lane.lastError && <p className="nhr-quiet">{lane.lastError.message}</p>}
    </>
  );
}

function troubles({ heldForMs, slowedTo, lastError }: LaneFacts): string[] {
  return [
    ...(heldForMs > 0 ? [text.endpoints.lane.held(duration(heldForMs / 1000))] : []),
    ...(slowedTo === null ? [] : [text.endpoints.lane.slowed(count(slowedTo))]),
    ...(lastError ? [text.endpoints.lane.lastError(lastError.code, age(0, lastError.secondsAgo * 1000))] : []),
  ];
}
