import { Button, Group, Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobView } from '../../../shared/model/events.ts';
import { GateProfile, SizeMismatch } from '../../../shared/model/gates.ts';
import type { TripletState } from '../../../shared/model/triplet.ts';
import { DEFAULT_VIEW } from '../../app/filterQuery.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { Section } from '../../ui/Parts.tsx';
import { PathForm } from './PathForm.tsx';

const words = text.export;

function imported(state: TripletState): string {
  return formatRoute({ screen: 'triplets', view: { ...DEFAULT_VIEW, filter: { kinds: ['imported'], states: [state] } }, open: null });
}

/** What an imported set is cleaned with: the local checks over all of it that no check has seen, and ways to what stayed and what left. */
export function CheckImported({ onSuccess }: { onSuccess(job: JobView): void }) {
  const { client } = useStudio();
  const [profile, setProfile] = useState<GateProfile>('balanced');
  const start = useMutation({ mutationFn: () => client.transfer.startScoreImported({ profile }), onSuccess });
  return (
    <Section title={words.cleanTitle} about={words.cleanAbout}>
      <div className="nhr-export-lines">
        <ProfileSelect value={profile} onChange={setProfile} />
        {start.error && <ErrorNote error={readError(start.error)} />}
        <Group gap={16}>
          <Button variant="default" loading={start.isPending} onClick={() => start.mutate()}>
            {words.cleanGo}
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
