import { Text, Title, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import type { RunEnd, RunState } from '../../shared/model/run.ts';
import { text } from '../text.ts';

/** Says that results are made by the demo studio. Never hidden. */
export function DemoBadge() {
  return (
    <Tooltip label={text.app.demoAbout} multiline w={260}>
      <span className="nhr-badge nhr-badge-demo">{text.app.demo}</span>
    </Tooltip>
  );
}

/** The state of a run as a dot and a word; an ended run says how it ended. */
export function RunBadge({ state, end }: { state: RunState; end: RunEnd | null }) {
  const tone = state === 'running' ? 'accent' : state === 'interrupted' ? 'warn' : end === 'failed' ? 'bad' : 'quiet';
  return (
    <span className="nhr-state" data-tone={tone}>
      <span className="nhr-dot" data-live={state === 'running' || undefined} />
      {state === 'ended' && end ? text.end[end] : text.state[state]}
    </span>
  );
}

/** A card with a heading, a line about it and something at the right end. */
export function Section(props: { title: string; about?: string; right?: ReactNode; children: ReactNode; className?: string }) {
  return (
    <section className={`nhr-card ${props.className ?? ''}`} aria-label={props.title}>
      <header className="nhr-card-head">
        <div>
          <Title order={2}>{props.title}</Title>
          {props.about && (
            <Text size="xs" c="dimmed">
              {props.about}
            </Text>
          )}
        </div>
        {props.right}
      </header>
      {props.children}
    </section>
  );
}

/** A number with its name under it. */
export function Stat({ label, value, about }: { label: string; value: ReactNode; about?: string | undefined }) {
  return (
    <div className="nhr-stat">
      <dt>{label}</dt>
      <dd>
        {value}
        {about && <small>{about}</small>}
      </dd>
    </div>
  );
}

/** What a screen says when there is nothing to show, and the way on. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="nhr-empty">
      <Title order={2} size="h3">
        {title}
      </Title>
      {children && (
        <Text c="dimmed" size="sm" maw={460}>
          {children}
        </Text>
      )}
      {action}
    </div>
  );
}

/** A thin bar. `label` is read aloud; `value` from 0 to 1, null while nothing is known. */
export function Bar({ label, value, tone = 'accent' }: { label: string; value: number | null; tone?: 'accent' | 'quiet' | 'warn' }) {
  const width = value === null ? 0 : Math.min(1, Math.max(0, value));
  return (
    <div
      className="nhr-bar"
      data-tone={tone}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={value === null ? undefined : Math.round(width * 100)}
    >
      <span style={{ width: `${width * 100}%` }} />
    </div>
  );
}
