import './newRun.css';
import './figures.css';
import { Button, NativeSelect, Radio, Skeleton, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { RecipeEditor } from './RecipeEditor.tsx';
import { withFields } from './recipeDraft.ts';
import { useDrafts } from './useDrafts.ts';
import { useRuns } from './useRuns.ts';

const t = text.figures.template;

interface NewRunPageProps {
  /** A run whose recipe is where to start. */
  from?: string | undefined;
  /** JSON of gates that are put over it. */
  gates?: string | undefined;
}

/**
 * Choose a template or the recipe of a run, change it as a form or as text, see at once what it will do, start. Changes to each are
 * kept while the page is open.
 */
export function NewRunPage({ from, gates }: NewRunPageProps) {
  const { engine, client, queries } = useStudio();
  const templates = useQuery(engine.runs.templates.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  const recipe = useQuery(engine.runs.recipe.queryOptions({ input: { runId: from ?? '' }, enabled: from !== undefined }));
  const { runs } = useRuns();
  const drafts = useDrafts();
  const [chosen, setChosen] = useState<string | null>(null);
  const remove = useMutation({
    mutationFn: (id: string) => client.runs.removeTemplate({ id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: engine.runs.templates.key() }),
  });
  const ofRun =
    from !== undefined && chosen === null && recipe.data
      ? { id: `run ${from}`, own: false, yaml: withGates(recipe.data.yaml, gates) }
      : null;
  const waiting = from !== undefined && chosen === null && recipe.isPending;
  const template = ofRun ?? (waiting ? undefined : (templates.data?.find((one) => one.id === chosen) ?? templates.data?.[0]));
  const error = templates.error ?? recipe.error ?? remove.error;
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <BackLink href={formatRoute({ screen: 'runs' })}>{text.newRun.back}</BackLink>
        <Title order={1}>{text.newRun.title}</Title>
        <div className="nhr-grow" />
        {runs.length > 0 && (
          <NativeSelect
            aria-label={t.fromRun}
            size="xs"
            data={[{ value: '', label: t.fromRun }, ...runs.map((run) => ({ value: run.id, label: `${t.pickRun} ${run.name}` }))]}
            value={from ?? ''}
            onChange={(event) => go({ screen: 'newRun', run: event.currentTarget.value || undefined })}
          />
        )}
      </div>
      {error && <ErrorNote error={readError(error)} onRetry={() => void templates.refetch()} />}
      {(templates.isPending || waiting) && <Skeleton height={420} role="status" aria-label={text.app.loading} />}
      {template && (
        <div className="nhr-new-run">
          <Radio.Group className="nhr-templates" label={text.newRun.template} value={template.id} onChange={setChosen}>
            <div className="nhr-template-cards">
              {templates.data?.map((one) => (
                <Radio.Card key={one.id} value={one.id} className="nhr-template" aria-label={one.title}>
                  <Radio.Indicator size="xs" />
                  <span>
                    <strong>{one.title}</strong> {one.own && <span className="nhr-badge">{t.own}</span>}
                    <Text span size="xs" c="dimmed" display="block">
                      {one.about}
                    </Text>
                  </span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          {template.own && (
            <Button
              mt="xs"
              size="compact-xs"
              variant="subtle"
              color="gray"
              loading={remove.isPending}
              onClick={() => remove.mutate(template.id)}
            >
              {t.remove}
            </Button>
          )}
          <RecipeEditor
            key={template.id}
            history={drafts.of(template.id, template.yaml)}
            original={template.yaml}
            onChange={(yaml) => drafts.change(template.id, template.yaml, yaml)}
            onUndo={() => drafts.undo(template.id)}
            onRedo={() => drafts.redo(template.id)}
            onSaved={setChosen}
          />
        </div>
      )}
    </div>
  );
}

/** The text of a recipe with gates of a what-if put over it; gates that cannot be read change nothing. */
function withGates(yaml: string, gates: string | undefined): string {
  if (gates === undefined) return yaml;
  try {
    return withFields(yaml, { gates: JSON.parse(gates) as unknown });
  } catch {
    return yaml;
  }
}
