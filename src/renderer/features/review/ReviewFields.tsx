import './reviewing.css';
import { Button, Group, NativeSelect, Textarea } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { Scores } from '../../../shared/model/attempt.ts';
import type { Sibling, TripletDetail, TripletView } from '../../../shared/model/triplet.ts';
import { THUMB } from '../../app/blobUrl.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { score } from '../../ui/format.ts';
import { Picture } from '../../ui/Picture.tsx';
import { tagName } from './tags.ts';

const t = text.reviewing;

interface CorrectionProps {
  triplet: TripletView;
  editing: boolean;
  onEditing(on: boolean): void;
  onCorrect(instruction: string): void;
}

/** The instruction, and a field for a better wording; the original stays in sight. */
export function Correction({ triplet, editing, onEditing, onCorrect }: CorrectionProps) {
  const holds = triplet.corrected ?? triplet.instruction;
  const [draft, setDraft] = useState(holds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: begins anew whenever the field opens or another triplet comes
  useEffect(() => setDraft(holds), [triplet.id, editing]);
  const done = (instruction: string) => {
    onCorrect(instruction);
    onEditing(false);
  };
  return (
    <>
      {editing ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            done(draft.trim());
          }}
        >
          <Textarea
            label={t.correct}
            rows={3}
            value={draft}
            maxLength={4000}
            autoFocus
            onChange={(event) => setDraft(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Escape') {
                // Esc leaves the field, not the comparison.
                event.stopPropagation();
                event.nativeEvent.stopImmediatePropagation();
                onEditing(false);
              } else if (event.key === 'Enter' && !event.shiftKey) {
                event.preventDefault();
                done(draft.trim());
              }
            }}
          />
          <Group gap={8} my={8}>
            <Button size="xs" type="submit">
              {t.save}
            </Button>
            <Button size="xs" variant="default" onClick={() => onEditing(false)}>
              {text.app.cancel}
            </Button>
            {triplet.corrected !== null && (
              <Button size="xs" variant="subtle" color="gray" onClick={() => done('')}>
                {t.restore}
              </Button>
            )}
          </Group>
        </form>
      ) : (
        <h2 className="nhr-instruction">{holds}</h2>
      )}
      {triplet.corrected !== null && <p className="nhr-original">{t.original(triplet.instruction)}</p>}
      <Remarks of={triplet} />
    </>
  );
}

/** Tags and note of the decision in force. */
export function Remarks({ of: { tags, note } }: { of: Pick<TripletView, 'tags' | 'note'> }) {
  if (tags.length === 0 && note === '') return null;
  return (
    <ul className="nhr-remarks">
      {tags.map((tag) => (
        <li key={tag} className="nhr-badge">
          {tagName(tag)}
        </li>
      ))}
      {note !== '' && <li className="nhr-quiet">{note}</li>}
    </ul>
  );
}

const STEPS = [5, 4.5, 4, 3.5, 3, 2.5, 2, 1.5, 1];

/** Adherence and aesthetics by half steps; kept when both are given. */
export function Rating({ detail, onRate }: { detail: TripletDetail; onRate(scores: Scores | null): void }) {
  const [given, setGiven] = useState<Partial<Scores>>(detail.rating ?? {});
  const { id, rating } = detail;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another triplet has other scores
  useEffect(() => setGiven(rating ?? {}), [id, rating]);
  const set = (name: keyof Scores, value: string) => {
    const next = { ...given, [name]: value === '' ? undefined : Number(value) };
    setGiven(next);
    const { adherence, aesthetics } = next;
    if (adherence !== undefined && aesthetics !== undefined) onRate({ adherence, aesthetics });
    else if (rating) onRate(null);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset brings a look of its own
    <div className="nhr-rating" role="group" aria-label={t.rating}>
      {(['adherence', 'aesthetics'] as const).map((name) => (
        <NativeSelect
          key={name}
          size="xs"
          label={t.ratingOf(text.scores[name])}
          data={[{ value: '', label: t.noRating }, ...STEPS.map((step) => ({ value: String(step), label: step.toFixed(1) }))]}
          value={given[name]?.toString() ?? ''}
          onChange={(event) => set(name, event.currentTarget.value)}
        />
      ))}
    </div>
  );
}

/** Candidates of the same <source, instruction> that were not kept; one can stand in place of the edit. */
export function Siblings({ siblings, shown, onShow }: { siblings: Sibling[]; shown: number | null; onShow(index: number): void }) {
  const { blobUrl } = useStudio();
  if (siblings.length === 0) return null;
  return (
    <section>
      <h3>{t.siblings}</h3>
      <p className="nhr-quiet">{t.siblingsAbout}</p>
      <ul className="nhr-siblings">
        {siblings.map((sibling, i) => (
          <li key={sibling.attemptId}>
            <button type="button" className="nhr-sibling" aria-pressed={shown === i} onClick={() => onShow(i)}>
              <Picture src={blobUrl(sibling.editedHash, THUMB.strip)} alt="" />
              <b>{i + 1}</b> {siblingText(sibling)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Where a candidate stopped, and its scores. */
function siblingText({ stage, scores, state }: Sibling): string {
  const where = state === 'rejected' && stage ? text.stage[stage] : t.kept;
  return scores ? `${where}, ${score(scores.adherence)} / ${score(scores.aesthetics)}` : where;
}
