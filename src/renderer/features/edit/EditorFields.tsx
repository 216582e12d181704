import { Button, Checkbox, Group, NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { BagelParams } from '../../../shared/model/bagel.ts';
import type { EditActor, EditActors } from '../../../shared/model/edit.ts';
import { Params } from '../../../shared/model/provider.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { BUILT_IN, type Choice, judgesFor, usePresets } from './choice.ts';

const t = text.edit;
const KNOBS = ['textCfg', 'imageCfg', 'timestepShift', 'steps', 'renormMin', 'maxThinkTokens'] as const;

interface EditorFieldsProps {
  actors: EditActors;
  choice: Choice;
  onChange(choice: Choice): void;
}

const label = ({ profile, title, model }: EditActor) => `${title || profile} · ${model}`;

/** Who edits and who scores. */
export function EditorFields({ actors, choice, onChange }: EditorFieldsProps) {
  const options = (list: EditActor[]) => list.map((actor) => ({ value: actor.profile, label: label(actor) }));
  const judge = (name: 'softJudge' | 'validator', list: EditActor[]) => (
    <NativeSelect
      size="xs"
      label={t[name]}
      value={choice[name] ?? ''}
      data={[{ value: '', label: t.nobody }, ...options(list)]}
      onChange={(event) => onChange({ ...choice, [name]: event.currentTarget.value || null })}
    />
  );
  return (
    <div className="nhr-editor-fields">
      <NativeSelect
        size="xs"
        label={t.editor}
        value={choice.profile}
        data={options(actors.editors)}
        onChange={(event) => {
          const editor = actors.editors.find(({ profile }) => profile === event.currentTarget.value);
          if (editor) onChange({ ...choice, profile: editor.profile, params: null, bagel: null, ...judgesFor(actors, editor) });
        }}
      />
      {actors.editors.every(({ demo }) => demo) && (
        <a className="nhr-link" href={formatRoute({ screen: 'newEndpoint', from: null })}>
          {t.ownEditor}
        </a>
      )}
      <details className="nhr-edit-more">
        <summary>{t.parameters}</summary>
        <Parameters actor={actors.editors.find(({ profile }) => profile === choice.profile)} choice={choice} onChange={onChange} />
      </details>
      <details className="nhr-edit-more">
        <summary>{t.judges}</summary>
        {judge('softJudge', actors.softJudges)}
        <Checkbox
          size="xs"
          my={6}
          label={t.checks}
          disabled={choice.softJudge === null}
          checked={choice.checks && choice.softJudge !== null}
          onChange={(event) => onChange({ ...choice, checks: event.currentTarget.checked })}
        />
        {judge('validator', actors.validators)}
      </details>
    </div>
  );
}

function Parameters({ actor, choice, onChange }: { actor: EditActor | undefined; choice: Choice; onChange(choice: Choice): void }) {
  const [presets, setPresets] = usePresets();
  const [name, setName] = useState('');
  const bagel = choice.bagel ?? actor?.bagel ?? null;
  const params = choice.params ?? actor?.params ?? {};
  const all = [...BUILT_IN, ...presets];
  return (
    <div className="nhr-parameters">
      <NativeSelect
        size="xs"
        label={t.preset}
        value=""
        data={[
          { value: '', label: t.presetChoose },
          { value: 'own', label: t.presetOf },
          ...all.map((preset, i) => ({ value: String(i), label: preset.name })),
        ]}
        onChange={(event) => {
          const preset = all[Number(event.currentTarget.value)];
          if (event.currentTarget.value === 'own') onChange({ ...choice, params: null, bagel: null });
          else if (event.currentTarget.value !== '' && preset) onChange({ ...choice, params: preset.params, bagel: preset.bagel });
        }}
      />
      <Switch
        size="xs"
        label={t.bagelUse}
        checked={bagel !== null}
        // Off means as the profile says, which may have knobs of its own.
        disabled={actor?.bagel !== null && choice.bagel === null}
        onChange={(event) => onChange({ ...choice, bagel: event.currentTarget.checked ? BagelParams.parse({}) : null })}
      />
      {bagel && <BagelKnobs bagel={bagel} onChange={(next) => onChange({ ...choice, bagel: next })} />}
      <ParamsField key={JSON.stringify(params)} params={params} onChange={(next) => onChange({ ...choice, params: next })} />
      <Group gap={6} align="end" wrap="nowrap">
        <TextInput size="xs" flex={1} label={t.presetName} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button
          size="xs"
          variant="default"
          disabled={name.trim() === ''}
          onClick={() => {
            const kept = presets.filter((preset) => preset.name !== name.trim());
            setPresets([...kept, { name: name.trim(), params: choice.params, bagel }]);
            setName('');
          }}
        >
          {t.presetSave}
        </Button>
      </Group>
      {presets.map((preset) => (
        <Button
          key={preset.name}
          size="compact-xs"
          variant="subtle"
          color="gray"
          justify="start"
          onClick={() => setPresets(presets.filter((item) => item !== preset))}
        >
          {t.presetRemove}: {preset.name}
        </Button>
      ))}
    </div>
  );
}

function BagelKnobs({ bagel, onChange }: { bagel: BagelParams; onChange(bagel: BagelParams): void }) {
  const words = text.endpoints;
  /** A value out of range is not taken over; the field shows its own limits. */
  const set = (part: Partial<BagelParams>) => {
    const next = BagelParams.safeParse({ ...bagel, ...part });
    if (next.success) onChange(next.data);
  };
  return (
    <div className="nhr-knobs">
      {KNOBS.map((knob) => (
        <NumberInput
          key={knob}
          size="xs"
          label={words.bagel[knob]}
          value={bagel[knob]}
          step={knob === 'steps' ? 5 : knob === 'maxThinkTokens' ? 64 : 0.5}
          onChange={(value) => typeof value === 'number' && set({ [knob]: value })}
        />
      ))}
      {([0, 1] as const).map((end) => (
        <NumberInput
          key={end}
          size="xs"
          label={end === 0 ? words.bagelFrom : words.bagelTo}
          value={bagel.cfgInterval[end]}
          step={0.1}
          onChange={(value) =>
            typeof value === 'number' && set({ cfgInterval: end === 0 ? [value, bagel.cfgInterval[1]] : [bagel.cfgInterval[0], value] })
          }
        />
      ))}
      <NativeSelect
        size="xs"
        label={words.bagel.renormType}
        value={bagel.renormType}
        data={BagelParams.shape.renormType.unwrap().options}
        onChange={(event) => set({ renormType: event.currentTarget.value as BagelParams['renormType'] })}
      />
      <Switch size="xs" label={words.bagel.think} checked={bagel.think} onChange={(event) => set({ think: event.currentTarget.checked })} />
    </div>
  );
}

function ParamsField({ params, onChange }: { params: Params; onChange(params: Params): void }) {
  const [written, setWritten] = useState(() => (Object.keys(params).length === 0 ? '' : JSON.stringify(params, null, 1)));
  const [bad, setBad] = useState(false);
  return (
    <Textarea
      size="xs"
      label={t.params}
      rows={3}
      spellCheck={false}
      value={written}
      error={bad ? t.paramsBad : null}
      onChange={(event) => setWritten(event.currentTarget.value)}
      onBlur={() => {
        const read = Params.safeParse(jsonOf(written.trim() === '' ? '{}' : written));
        setBad(!read.success);
        if (read.success && JSON.stringify(read.data) !== JSON.stringify(params)) onChange(read.data);
      }}
    />
  );
}

function jsonOf(written: string): unknown {
  try {
    return JSON.parse(written);
  } catch {
    return null;
  }
}
