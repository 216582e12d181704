import { Button, Checkbox, Group, NumberInput, Select, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { EditActor } from '../../../shared/model/edit.ts';
import type { JobView } from '../../../shared/model/events.ts';
import { GateProfile, SizeMismatch } from '../../../shared/model/gates.ts';
import type { TripletState } from '../../../shared/model/triplet.ts';
import { DEFAULT_VIEW } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { usd } from '../../ui/format.ts';
import { Section } from '../../ui/Parts.tsx';
import { PathForm } from './PathForm.tsx';

const words = text.export;

function imported(state: TripletState): string {
  return formatRoute({ screen: 'triplets', view: { ...DEFAULT_VIEW, filter: { kinds: ['imported'], states: [state] } }, open: null });
}

/**
 * What an imported set is cleaned with: the local checks over all of it that no check has seen, judges for what passes them, and ways to
 * what stayed and what left.
 */
export function CheckImported({ onSuccess }: { onSuccess(job: JobView): void }) {
  const { client, engine } = useStudio();
  const actors = useQuery(engine.edit.actors.queryOptions());
  const softJudges = own(actors.data?.softJudges);
  const validators = own(actors.data?.validators);
  const [profile, setProfile] = useState<GateProfile>('balanced');
  const [softJudge, setSoftJudge] = useState<EditActor | null>(null);
  const [validator, setValidator] = useState<EditActor | null>(null);
  const [budget, setBudget] = useState<number | string>('');
  const [askAgain, setAskAgain] = useState(false);
  const chosen = [softJudge, validator].filter((actor) => actor !== null);
  const priced = chosen.reduce((sum, { usdWorst }) => sum + usdWorst, 0);
  const start = useMutation({
    mutationFn: () => {
      if (chosen.length === 0) return client.transfer.startScoreImported({ profile });
      const judges = { softJudge: softJudge?.profile ?? null, validator: validator?.profile ?? null, checks: false };
      const budgetUsd = typeof budget === 'number' ? budget : null;
      return client.transfer.startScoreImported({ profile, judges, budgetUsd, askAgain });
    },
    onSuccess,
  });
  return (
    <Section title={words.cleanTitle} about={words.cleanAbout}>
      <div className="nhr-export-lines">
        <ProfileSelect value={profile} onChange={setProfile} />
        <div className="nhr-writing">
          <JudgeSelect label={words.softJudge} actors={softJudges} value={softJudge} onChange={setSoftJudge} />
          <JudgeSelect label={words.validator} actors={validators} value={validator} onChange={setValidator} />
          {chosen.length > 0 && (
            <NumberInput
              label={words.judgeBudget}
              description={priced > 0 ? words.judgeBudgetAbout(usd(priced)) : words.judgeBudgetUnknown}
              min={0.000001}
              decimalScale={6}
              value={budget}
              onChange={setBudget}
            />
          )}
        </div>
        {chosen.length > 0 && (
          <Checkbox label={words.askAgain} checked={askAgain} onChange={(event) => setAskAgain(event.currentTarget.checked)} />
        )}
        {actors.data && softJudges.length + validators.length === 0 && (
          <Group gap={8}>
            <Text size="sm" c="dimmed">
              {words.noOwnJudge}
            </Text>
            <a className="nhr-link" href={formatRoute({ screen: 'newEndpoint', from: null })}>
              {words.ownJudge}
            </a>
          </Group>
        )}
        {actors.error && <ErrorNote error={readError(actors.error)} onRetry={() => void actors.refetch()} />}
        {start.error && <ErrorNote error={readError(start.error)} />}
        <Group gap={16}>
          <Button variant="default" loading={start.isPending} onClick={() => start.mutate()}>
            {chosen.length > 0 ? words.judgeGo : words.cleanGo}
          </Button>
          <a className="nhr-link" href={imported('active')}>
            {words.cleanStayed}
          </a>
          <a className="nhr-link" href={imported('dropped')}>
            {words.cleanLeft}
          </a>
        </Group>
      </div>
    </Section>
  );
}

/** The demo studio's judges know its own pictures only. */
function own(actors: readonly EditActor[] = []): EditActor[] {
  return actors.filter(({ demo }) => !demo);
}

interface JudgeSelectProps {
  label: string;
  actors: readonly EditActor[];
  value: EditActor | null;
  onChange(value: EditActor | null): void;
}

function JudgeSelect({ label, actors, value, onChange }: JudgeSelectProps) {
  return (
    <Select
      label={label}
      data={[
        { value: '', label: words.noJudge },
        ...actors.map(({ profile, title, model }) => ({ value: profile, label: `${title}: ${model}` })),
      ]}
      value={value?.profile ?? ''}
      allowDeselect={false}
      onChange={(next) => onChange(actors.find((actor) => actor.profile === next) ?? null)}
    />
  );
}

/** Pairs in a file of their own: measured, and added as imported triplets. */
export function ScorePairs({ onSuccess }: { onSuccess(job: JobView): void }) {
  const { client, desktop } = useStudio();
  const [profile, setProfile] = useState<GateProfile>('balanced');
  const [sizes, setSizes] = useState<SizeMismatch>('reject');
  const score = useMutation({ mutationFn: (path: string) => client.transfer.startScore({ path, profile, sizes }), onSuccess });
  const pickPairs = () => desktop!.pickFile({ filters: [{ name: 'JSON Lines', extensions: ['jsonl', 'json'] }] });
  return (
    <Section title={words.scoreTitle} about={words.scoreAbout}>
      <div className="nhr-export-lines">
        <ProfileSelect value={profile} onChange={setProfile} />
        <Select
          label={words.sizes}
          data={SizeMismatch.options.map((value) => ({ value, label: words.sizeRules[value] }))}
          value={sizes}
          allowDeselect={false}
          onChange={(next) => next && setSizes(next)}
        />
        <PathForm
          label={words.scorePath}
          go={words.scoreGo}
          pick={desktop && { label: words.pickFile, run: pickPairs }}
          pending={score.isPending}
          error={score.error && readError(score.error)}
          onGo={(path) => score.mutate(path)}
        />
      </div>
    </Section>
  );
}

function ProfileSelect({ value, onChange }: { value: GateProfile; onChange(value: GateProfile): void }) {
  return (
    <Select
      label={words.profile}
      data={GateProfile.options.map((option) => ({ value: option, label: words.profiles[option] }))}
      value={value}
      allowDeselect={false}
      onChange={(next) => next && onChange(next)}
    />
  );
}
