import { ActionIcon, Checkbox } from '@mantine/core';
import type { KeyboardEvent } from 'react';
import { text } from '../../text.ts';
import { IconChevronLeft, IconChevronRight } from '../../ui/icons.ts';
import { stageName } from './EstimateView.tsx';
import { useField } from './formContext.ts';
import type { Path } from './recipeDraft.ts';

const t = text.figures.form;

interface StageListProps {
  path: Path;
  label: string;
  options: readonly string[];
  fallback: readonly string[];
}

/** Stages in their order: on or off by a box, moved by buttons or by Alt and an arrow key. */
export function StageList({ path, label, options, fallback }: StageListProps) {
  const { value, set, error } = useField(path);
  const on = Array.isArray(value) ? value.map(String) : [...fallback];
  const off = options.filter((stage) => !on.includes(stage));
  const move = (stage: string, by: -1 | 1) => {
    const at = on.indexOf(stage);
    const to = at + by;
    if (at < 0 || to < 0 || to >= on.length) return;
    const next = on.filter((one) => one !== stage);
    next.splice(to, 0, stage);
    set(next);
  };
  const onKey = (stage: string) => (event: KeyboardEvent) => {
    const by = event.altKey ? ({ ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 } as const)[event.key] : undefined;
    if (by === undefined) return;
    event.preventDefault();
    move(stage, by);
  };
  return (
    <fieldset className="nhr-stage-list">
      <legend>{label}</legend>
      <ol>
        {[...on, ...off].map((stage) => {
          const at = on.indexOf(stage);
          return (
            <li key={stage} data-off={at < 0 || undefined}>
              <Checkbox
                size="xs"
                label={stageName(stage)}
                checked={at >= 0}
                onKeyDown={onKey(stage)}
                onChange={(event) => set(event.currentTarget.checked ? [...on, stage] : on.filter((one) => one !== stage))}
              />
              {at >= 0 && (
                <span>
                  <ActionIcon
                    size="sm"
                    variant="subtle"
                    color="gray"
                    disabled={at === 0}
                    aria-label={t.earlier(stageName(stage))}
                    onClick={() => move(stage, -1)}
                  >
                    <IconChevronLeft aria-hidden size={14} />
                  </ActionIcon>
                  <ActionIcon
                    size="sm"
                    variant="subtle"
                    color="gray"
                    disabled={at === on.length - 1}
                    aria-label={t.later(stageName(stage))}
                    onClick={() => move(stage, 1)}
                  >
                    <IconChevronRight aria-hidden size={14} />
                  </ActionIcon>
                </span>
              )}
            </li>
          );
        })}
      </ol>
      {error && <p className="nhr-field-error">{error}</p>}
    </fieldset>
  );
}
