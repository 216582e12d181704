import { NativeSelect, Switch } from '@mantine/core';
import { BAGEL_PRESETS, BagelParams, type BagelPreset } from '../../../shared/model/bagel.ts';
import type { Role } from '../../../shared/model/provider.ts';
import { text } from '../../text.ts';
import { ChoiceField, NumberField, SwitchField, useField } from './fields.tsx';

const t = text.endpoints;
const DEFAULTS = BagelParams.parse({});
const NUMBERS = ['textCfg', 'imageCfg', 'timestepShift', 'steps', 'renormMin', 'maxThinkTokens'] as const;
const PRESETS = Object.keys(BAGEL_PRESETS) as BagelPreset[];

/** The knobs of a BAGEL-shaped model, with sets to start from. */
export function BagelFields({ role }: { role: Role }) {
  const path = ['roles', role, 'bagel'] as const;
  const bagel = useField(path);
  const interval = useField([...path, 'cfgInterval']);
  const on = bagel.value !== undefined;
  // The two ends are written as one list, so that the list is whole whichever end is typed first.
  const setWhole = () => {
    if (interval.value === undefined) interval.set([...DEFAULTS.cfgInterval]);
  };
  return (
    <fieldset className="nhr-bagel" aria-label={t.bagelUse}>
      <div className="nhr-bagel-head">
        <Switch
          size="sm"
          label={t.bagelUse}
          description={t.bagelAbout}
          checked={on}
          onChange={(event) => bagel.set(event.currentTarget.checked ? startFor(role) : undefined)}
        />
        {on && (
          <NativeSelect
            size="xs"
            label={t.bagelPreset}
            value=""
            data={[{ value: '', label: '…' }, ...PRESETS.map((value) => ({ value, label: t.bagelPresets[value] }))]}
            onChange={(event) => {
              const chosen = BAGEL_PRESETS[event.currentTarget.value as BagelPreset];
              if (chosen) bagel.set(copyOf(chosen));
            }}
          />
        )}
      </div>
      {on && (
        <div className="nhr-form-grid nhr-form-four">
          {NUMBERS.map((name) => (
            <NumberField
              key={name}
              path={[...path, name]}
              label={t.bagel[name]}
              placeholder={String(DEFAULTS[name])}
              step={name === 'steps' ? 5 : 0.5}
            />
          ))}
          <div onFocusCapture={setWhole}>
            <NumberField path={[...path, 'cfgInterval', 0]} label={t.bagelFrom} placeholder="0" step={0.1} />
          </div>
          <div onFocusCapture={setWhole}>
            <NumberField path={[...path, 'cfgInterval', 1]} label={t.bagelTo} placeholder="1" step={0.1} />
          </div>
          <ChoiceField
            path={[...path, 'renormType']}
            label={t.bagel.renormType}
            fallback={DEFAULTS.renormType}
            options={BagelParams.shape.renormType.unwrap().options.map((value) => ({ value, label: value }))}
          />
          <div className="nhr-form-switch">
            <SwitchField path={[...path, 'think']} label={t.bagel.think} />
          </div>
        </div>
      )}
    </fieldset>
  );
}

function startFor(role: Role): BagelParams {
  return copyOf(role === 'textToImage' ? BAGEL_PRESETS.bagelPaint : BAGEL_PRESETS.bagelEdit);
}

function copyOf(params: BagelParams): BagelParams {
  return { ...params, cfgInterval: [...params.cfgInterval] };
}
