import { Button, Slider } from '@mantine/core';
import { useState } from 'react';
import type { SurvivalCurve } from '../../../shared/model/run.ts';
import {
  ENOUGH_DECISIONS,
  type GateData,
  type GateOutcome,
  lowLevelBin,
  lowLevelGate,
  lowLevelShare,
  scoreGate,
} from '../../../shared/model/whatIf.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { count, percent } from '../../ui/format.ts';

const t = text.figures.whatIf;

/** Gates as sliders: what each would let through, and how good that was by people's decisions; then a recipe with them. */
export function WhatIf({ runId, data, curve }: { runId: string; data: GateData; curve: SurvivalCurve | undefined }) {
  const [wanted, setWanted] = useState(data.gates);
  const { validator, softJudge } = wanted;
  if (data.validator.length === 0 && data.softJudge.length === 0 && data.lowLevel.length === 0)
    return <p className="nhr-quiet">{t.empty}</p>;
  const moved = JSON.stringify(wanted) !== JSON.stringify(data.gates);
  const suggested = curve?.suggested ?? null;
  const link = formatRoute({
    screen: 'newRun',
    run: runId,
    gates: JSON.stringify(movedGates(data.gates, wanted)),
  });
  const scoreSlider = (gate: 'validator' | 'softJudge', score: 'adherence' | 'aesthetics', label: string) => (
    <GateSlider
      label={label}
      value={wanted[gate][score] * 10}
      min={10}
      max={50}
      show={(value) => (value / 10).toFixed(1)}
      now={data.gates[gate][score] * 10}
      onChange={(value) => setWanted((all) => ({ ...all, [gate]: { ...all[gate], [score]: value / 10 } }))}
    />
  );
  return (
    <div className="nhr-what-if">
      {data.on.validator && data.validator.length > 0 && (
        <div>
          {scoreSlider('validator', 'adherence', t.validatorAdherence)}
          {scoreSlider('validator', 'aesthetics', t.validatorAesthetics)}
          <Outcome
            outcome={scoreGate(data.validator, validator, data.gates.validator)}
            before={scoreGate(data.validator, data.gates.validator, data.gates.validator)}
          />
        </div>
      )}
      {data.on.softJudge && data.softJudge.length > 0 && (
        <div>
          {scoreSlider('softJudge', 'adherence', t.softAdherence)}
          {scoreSlider('softJudge', 'aesthetics', t.softAesthetics)}
          <Outcome
            outcome={scoreGate(data.softJudge, softJudge, data.gates.softJudge)}
            before={scoreGate(data.softJudge, data.gates.softJudge, data.gates.softJudge)}
          />
        </div>
      )}
      {data.on.lowLevel && data.lowLevel.length > 0 && (
        <div>
          <GateSlider
            label={t.lowLevel}
            value={lowLevelBin(wanted.lowLevel)}
            min={0}
            max={32}
            show={(bin) => percent(bin === lowLevelBin(data.gates.lowLevel) ? data.gates.lowLevel : lowLevelShare(bin), 2)}
            now={lowLevelBin(data.gates.lowLevel)}
            onChange={(bin) =>
              setWanted((all) => ({
                ...all,
                lowLevel:
                  bin === lowLevelBin(data.gates.lowLevel) ? data.gates.lowLevel : Number(Math.min(1, lowLevelShare(bin)).toPrecision(3)),
              }))
            }
          />
          <Outcome
            outcome={lowLevelGate(data.lowLevel, wanted.lowLevel, data.gates.lowLevel)}
            before={lowLevelGate(data.lowLevel, data.gates.lowLevel, data.gates.lowLevel)}
          />
        </div>
      )}
      <p className="nhr-quiet">{t.note}</p>
      <div className="nhr-what-if-go">
        {suggested !== null && data.on.validator && (
          <Button
            size="xs"
            variant="default"
            onClick={() => setWanted((all) => ({ ...all, validator: { adherence: suggested, aesthetics: suggested } }))}
          >
            {t.suggested(suggested.toFixed(1))}
          </Button>
        )}
        <Button size="xs" variant="default" disabled={!moved} onClick={() => setWanted(data.gates)}>
          {t.reset}
        </Button>
        <Button size="xs" component="a" href={link}>
          {t.apply}
        </Button>
      </div>
    </div>
  );
}

/** Only what was moved: what stays need not be written. */
function movedGates(before: GateData['gates'], after: GateData['gates']): Record<string, unknown> {
  const moved = (['validator', 'softJudge'] as const).filter((gate) => JSON.stringify(before[gate]) !== JSON.stringify(after[gate]));
  return {
    ...Object.fromEntries(moved.map((gate) => [gate, after[gate]])),
    ...(before.lowLevel !== after.lowLevel && { lowLevel: { minLargestShare: after.lowLevel } }),
  };
}

interface GateSliderProps {
  label: string;
  value: number;
  min: number;
  max: number;
  now: number;
  show(value: number): string;
  onChange(value: number): void;
}

function GateSlider({ label, value, min, max, now, show, onChange }: GateSliderProps) {
  return (
    <div className="nhr-gate-slider">
      <div>
        <span>{label}</span>
        <b>{show(value)}</b>
      </div>
      <Slider
        thumbLabel={label}
        thumbProps={{ 'aria-valuetext': show(value) }}
        label={null}
        size="sm"
        min={min}
        max={max}
        step={1}
        value={Math.round(value)}
        marks={[{ value: Math.round(now) }]}
        onChange={onChange}
      />
    </div>
  );
}

function Outcome({ outcome, before }: { outcome: GateOutcome; before: GateOutcome }) {
  const share = outcome.of > 0 ? outcome.kept / outcome.of : 0;
  const difference = outcome.kept - before.kept;
  const { precision } = outcome;
  return (
    <p className="nhr-gate-outcome" role="status">
      {t.kept(count(outcome.kept), count(outcome.of), percent(share))}
      {difference !== 0 && `, ${t.change(`${difference > 0 ? '+' : '−'}${count(Math.abs(difference))}`)}`}
      <br />
      <span className="nhr-quiet">
        {precision
          ? t.precision(percent(precision.share, 0), percent(precision.low, 0), percent(precision.high, 0), count(outcome.decided))
          : outcome.unknown === 'few'
            ? t.unknown.few(outcome.decided, ENOUGH_DECISIONS)
            : t.unknown.below}
      </span>
    </p>
  );
}
