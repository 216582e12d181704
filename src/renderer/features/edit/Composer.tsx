import { Button, Group, NumberInput, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, type Ref, useState } from 'react';
import type { EditAsk } from '../../../shared/contract/edit.ts';
import type { EditNode, EditSessionDetail } from '../../../shared/model/edit.ts';
import { MAX_VARIANTS } from '../../../shared/model/edit.ts';
import type { WireError } from '../../../shared/model/errors.ts';
import { OPERATIONS, operationOf } from '../../../shared/model/operations.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { usd } from '../../ui/format.ts';
import { useChoice } from './choice.ts';
import { EditorFields } from './EditorFields.tsx';

const t = text.edit;

interface ComposerProps {
  session: EditSessionDetail;
  current: EditNode;
  instructionRef: Ref<HTMLTextAreaElement>;
  pending: boolean;
  error: WireError | null;
  onAsk(ask: EditAsk): void;
  onCancelAll(): void;
}

/** What to change, how often, by whom, and what it may cost. */
export function Composer({ session, current, instructionRef, pending, error, onAsk, onCancelAll }: ComposerProps) {
  const { engine } = useStudio();
  const actors = useQuery(engine.edit.actors.queryOptions());
  const [choice, setChoice] = useChoice(actors.data);
  const [instruction, setInstruction] = useState('');
  const [category, setCategory] = useState('');
  const [seed, setSeed] = useState<number | ''>('');
  const recent = useQuery(engine.edit.suggestions.queryOptions({ input: { sessionId: session.id } })).data?.recent ?? [];
  const asked = choice && {
    instruction: instruction.trim(),
    category,
    variants: choice.variants,
    editor: { profile: choice.profile, ...(choice.params && { params: choice.params }), ...(choice.bagel && { bagel: choice.bagel }) },
    judges: { softJudge: choice.softJudge, validator: choice.validator, checks: choice.checks },
  };
  const ready = asked !== null && asked.instruction !== '' && !pending;
  function submit(event?: FormEvent) {
    event?.preventDefault();
    if (!ready) return;
    onAsk({ ...asked, sessionId: session.id, parentId: current.id, ...(seed !== '' && { seed }) });
  }
  if (actors.error) return <ErrorNote error={readError(actors.error)} onRetry={() => void actors.refetch()} />;
  return (
    <form className="nhr-composer" onSubmit={submit}>
      <Textarea
        ref={instructionRef}
        label={t.instruction}
        description={t.editing(current.depth === 0 ? t.root : `${t.generation(current.depth)}, ${current.instruction}`)}
        placeholder={t.instructionPlace}
        rows={3}
        maxLength={2000}
        value={instruction}
        onChange={(event) => setInstruction(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit(event);
          // Out of the field, so that keys are shortcuts again.
          if (event.key === 'Escape') event.currentTarget.blur();
          const earlier = fromHistory(recent, instruction, event.key);
          if (earlier === null) return;
          event.preventDefault();
          setInstruction(earlier);
        }}
      />
      <Suggestions
        sessionId={session.id}
        onChoose={(chosen, operation) => {
          setInstruction(chosen);
          setCategory(operation);
        }}
      />
      <div className="nhr-composer-row">
        <NumberInput
          size="xs"
          label={t.variants}
          min={1}
          max={MAX_VARIANTS}
          value={choice?.variants ?? 4}
          onChange={(value) =>
            choice &&
            typeof value === 'number' &&
            value >= 1 &&
            value <= MAX_VARIANTS &&
            setChoice({ ...choice, variants: Math.round(value) })
          }
        />
        <NumberInput
          size="xs"
          label={t.seed}
          placeholder={t.seedPlace}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={seed}
          onChange={(value) => setSeed(typeof value === 'number' ? value : '')}
        />
        <TextInput
          size="xs"
          label={t.category}
          placeholder={instruction.trim() === '' ? t.categoryAuto : operationOf(instruction)}
          value={category}
          onChange={(event) => setCategory(event.currentTarget.value)}
        />
      </div>
      {actors.data && choice && <EditorFields actors={actors.data} choice={choice} onChange={setChoice} />}
      {actors.data && !choice && (
        <a className="nhr-link" href={formatRoute({ screen: 'endpoints' })}>
          {t.noEditor}
        </a>
      )}
      <Group gap={8} wrap="nowrap">
        <Button type="submit" disabled={!ready} loading={pending} flex={1}>
          {t.run(choice?.variants ?? 1)}
        </Button>
        {session.open > 0 && (
          <Button variant="default" onClick={onCancelAll}>
            {t.cancel}
          </Button>
        )}
      </Group>
      {asked && (
        <Price ask={asked} demo={actors.data?.editors.some(({ profile, demo }) => profile === asked.editor.profile && demo) === true} />
      )}
      {error && <ErrorNote error={error} onRetry={() => submit()} />}
    </form>
  );
}

/** The instruction an arrow leads to while the field is empty or shows an earlier one; null when the arrow is the field's own. */
function fromHistory(recent: readonly string[], now: string, key: string): string | null {
  const at = now === '' ? -1 : recent.indexOf(now);
  if (now !== '' && at < 0) return null;
  if (key === 'ArrowUp') return recent[at + 1] ?? null;
  return key === 'ArrowDown' && at >= 0 ? (recent[at - 1] ?? '') : null;
}

/** What asking would cost at the most. */
function Price({ ask, demo }: { ask: Omit<EditAsk, 'sessionId' | 'parentId' | 'seed'>; demo: boolean }) {
  const { engine } = useStudio();
  // The words do not change the price; an empty instruction is no question yet.
  const [input] = useDebouncedValue(JSON.stringify({ ...ask, instruction: 'x' }), 250);
  const price = useQuery(engine.edit.price.queryOptions({ input: JSON.parse(input) as typeof ask, placeholderData: keepPreviousData }));
  return (
    <Text size="xs" c="dimmed" className="nhr-ask-price" role="status">
      {price.data ? (price.data.known ? t.price(usd(price.data.usdWorst)) : t.priceUnknown) : ' '}
      {demo && price.data && ` ${t.playMoney}`}
    </Text>
  );
}

function Suggestions({ sessionId, onChoose }: { sessionId: string; onChoose(instruction: string, category: string): void }) {
  const { engine } = useStudio();
  const found = useQuery(engine.edit.suggestions.queryOptions({ input: { sessionId } }));
  const operations = OPERATIONS.map(({ category, example }) => ({ instruction: example, category }));
  const groups = [
    { name: t.mined, items: found.data?.mined ?? [] },
    { name: t.recent, items: (found.data?.recent ?? []).slice(0, 8).map((instruction) => ({ instruction, category: '' })) },
    { name: t.operations, items: operations },
  ].filter(({ items }) => items.length > 0);
  return (
    <details className="nhr-edit-more nhr-suggestions">
      <summary>{t.suggestions}</summary>
      {groups.map(({ name, items }) => (
        <section key={name} aria-label={name}>
          <small className="nhr-quiet">{name}</small>
          <div className="nhr-chips">
            {items.map(({ instruction, category }) => (
              <button type="button" key={instruction} className="nhr-chip" title={category} onClick={() => onChoose(instruction, category)}>
                {instruction}
              </button>
            ))}
          </div>
        </section>
      ))}
    </details>
  );
}
