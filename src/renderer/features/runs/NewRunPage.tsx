import './newRun.css';
import { Button, Radio, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconArrowLeft, IconPlayerPlay } from '../../ui/icons.ts';
import { Section } from '../../ui/Parts.tsx';
import { YamlEditor } from '../../ui/YamlEditor.tsx';
import { RecipePlan } from './RecipePlan.tsx';
import { useRunChanges } from './useRuns.ts';

/** Milliseconds without a key before a recipe is checked. */
const REST = 300;

/** Choose a template, change it, see at once what it will do, start. Changes to each template are kept while the page is open. */
export function NewRunPage() {
  const { engine } = useStudio();
  const templates = useQuery(engine.runs.templates.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  const [chosen, setChosen] = useState<string | null>(null);
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const template = templates.data?.find((t) => t.id === chosen) ?? templates.data?.[0];
  return (
    <div className="nhr-page">
      <div className="nhr-page-head">
        <Button
          component="a"
          href={formatRoute({ screen: 'runs' })}
          variant="subtle"
          color="gray"
          size="xs"
          px={8}
          leftSection={<IconArrowLeft aria-hidden size={15} />}
        >
          {text.newRun.back}
        </Button>
        <Title order={1}>{text.newRun.title}</Title>
      </div>
      {templates.error && <ErrorNote error={readError(templates.error)} onRetry={() => void templates.refetch()} />}
      {templates.isPending && <Skeleton height={420} role="status" aria-label={text.app.loading} />}
      {template && (
        <div className="nhr-new-run">
          <Radio.Group className="nhr-templates" label={text.newRun.template} value={template.id} onChange={setChosen}>
            <div className="nhr-template-cards">
              {templates.data?.map((t) => (
                <Radio.Card key={t.id} value={t.id} className="nhr-template" aria-label={t.title}>
                  <Radio.Indicator size="xs" />
                  <span>
                    <strong>{t.title}</strong>
                    <Text span size="xs" c="dimmed" display="block">
                      {t.about}
                    </Text>
                  </span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
          <RecipeForm
            yaml={drafts[template.id] ?? template.yaml}
            original={template.yaml}
            onChange={(yaml) => setDrafts((all) => ({ ...all, [template.id]: yaml }))}
          />
        </div>
      )}
    </div>
  );
}

/** Editor, live check and start button of one recipe. */
function RecipeForm({ yaml, original, onChange }: { yaml: string; original: string; onChange(yaml: string): void }) {
  const { engine } = useStudio();
  const { start } = useRunChanges();
  const [checked] = useDebouncedValue(yaml, REST);
  const check = useQuery(
    engine.runs.check.queryOptions({ input: { yaml: checked }, placeholderData: keepPreviousData, staleTime: 30_000 }),
  );
  const fresh = checked === yaml && check.isSuccess && !check.isPlaceholderData;
  const ready = fresh && check.data.issues.length === 0 && check.data.plan !== null;
  const [line, setLine] = useState<{ line: number } | null>(null);
  return (
    <div className="nhr-recipe-form">
      <Section
        title={text.newRun.recipe}
        right={
          <Button size="compact-xs" variant="subtle" color="gray" disabled={yaml === original} onClick={() => onChange(original)}>
            {text.newRun.reset}
          </Button>
        }
      >
        <YamlEditor label={text.newRun.editor} value={yaml} onChange={onChange} issues={fresh ? check.data.issues : []} goTo={line} />
      </Section>
      <Section title={text.newRun.check} className="nhr-plan">
        <Stack gap="md">
          {check.error ? (
            <ErrorNote error={readError(check.error)} onRetry={() => void check.refetch()} />
          ) : (
            <RecipePlan check={check.data ?? null} fresh={fresh} onLine={(n) => setLine({ line: n })} />
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
