import { Button, SegmentedControl, Stack } from '@mantine/core';
import { useDebouncedValue, useLocalStorage } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type KeyboardEvent, useMemo, useState } from 'react';
import { readError } from '../../app/readError.ts';
import { go } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconArrowBackUp, IconArrowForwardUp, IconPlayerPlay } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { YamlEditor } from '../../ui/YamlEditor.tsx';
import { RecipeFormProvider } from './formContext.ts';
import { RecipeFields } from './RecipeFields.tsx';
import { RecipePlan } from './RecipePlan.tsx';
import { type Path, readDraft, valueAt, withField } from './recipeDraft.ts';
import { SaveTemplate } from './SaveTemplate.tsx';
import { useRunChanges } from './useRuns.ts';

const t = text.figures.form;
/** Milliseconds without a key before a recipe is checked. */
const REST = 300;

interface RecipeEditorProps {
  history: { past: string[]; text: string; future: string[] };
  original: string;
  onChange(yaml: string): void;
  onUndo(): void;
  onRedo(): void;
  onSaved(templateId: string): void;
}

/** One recipe as a form and as text of the same thing, its live check, and the start button. */
export function RecipeEditor({ history, original, onChange, onUndo, onRedo, onSaved }: RecipeEditorProps) {
  const { engine } = useStudio();
  const { start } = useRunChanges();
  const yaml = history.text;
  const [view, setView] = useLocalStorage<'form' | 'yaml'>({
    key: 'nhr-recipe-view',
    defaultValue: 'form',
    getInitialValueInEffect: false,
  });
  const [checked] = useDebouncedValue(yaml, REST);
  const check = useQuery(
    engine.runs.check.queryOptions({ input: { yaml: checked }, placeholderData: keepPreviousData, staleTime: 30_000 }),
  );
  const fresh = checked === yaml && check.isSuccess && !check.isPlaceholderData;
  const issues = fresh ? check.data.issues : [];
  const ready = fresh && issues.length === 0 && check.data.plan !== null;
  const [line, setLine] = useState<{ line: number } | null>(null);
  const draft = useMemo(() => readDraft(yaml), [yaml]);
  // Several fields may be set in one go; each builds on the text that the one before made.
  let latest = yaml;
  const set = (path: Path, value: unknown) => {
    latest = withField(latest, path, value);
    onChange(latest);
  };
  const keys = (event: KeyboardEvent) => {
    if (view === 'yaml' || !(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 'z') return;
    event.preventDefault();
    if (event.shiftKey) onRedo();
    else onUndo();
  };
  const name = valueAt(draft, ['name']);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: undo by keyboard works from every field within
    <div className="nhr-recipe-form" onKeyDown={keys}>
      <Section
        title={text.newRun.recipe}
        right={
          <span className="nhr-recipe-tools">
            <SegmentedControl
              size="xs"
              aria-label={t.view}
              value={view}
              onChange={(value) => setView(value as 'form' | 'yaml')}
              data={[
                { value: 'form', label: t.form },
                { value: 'yaml', label: t.yaml },
              ]}
            />
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              disabled={history.past.length === 0}
              leftSection={<IconArrowBackUp aria-hidden size={14} />}
              onClick={onUndo}
            >
              {t.undo}
            </Button>
            <Button
              size="compact-xs"
              variant="subtle"
              color="gray"
              disabled={history.future.length === 0}
              leftSection={<IconArrowForwardUp aria-hidden size={14} />}
              onClick={onRedo}
            >
              {t.redo}
            </Button>
            <SaveTemplate yaml={yaml} name={typeof name === 'string' ? name : ''} onSaved={onSaved} />
            <Button size="compact-xs" variant="subtle" color="gray" disabled={yaml === original} onClick={() => onChange(original)}>
              {text.newRun.reset}
            </Button>
          </span>
        }
      >
        {view === 'yaml' ? (
          <YamlEditor label={text.newRun.editor} value={yaml} onChange={onChange} issues={issues} goTo={line} />
        ) : draft === null ? (
          <p className="nhr-field-error" role="alert">
            {t.broken}
          </p>
        ) : (
          <RecipeFormProvider value={{ draft, issues, set }}>
            <RecipeFields />
          </RecipeFormProvider>
        )}
      </Section>
      <Section title={text.newRun.check} className="nhr-plan">
        <Stack gap="md">
          {check.error ? (
            <ErrorNote error={readError(check.error)} onRetry={() => void check.refetch()} />
          ) : (
            <RecipePlan
              check={check.data ?? null}
              fresh={fresh}
              onLine={(n) => {
                setView('yaml');
                setLine({ line: n });
              }}
            />
          )}
          {start.error && <ErrorNote error={readError(start.error)} />}
          <Button
            size="md"
            disabled={!ready}
            loading={start.isPending}
            leftSection={<IconPlayerPlay aria-hidden size={17} />}
            onClick={() => start.mutate(yaml, { onSuccess: (run) => go({ screen: 'run', runId: run.id }) })}
          >
            {text.newRun.start}
          </Button>
        </Stack>
      </Section>
    </div>
  );
}
