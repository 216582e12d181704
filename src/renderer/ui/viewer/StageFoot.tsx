import { Button, Checkbox, NativeSelect, Slider } from '@mantine/core';
import { text } from '../../text.ts';
import { count, percent } from '../format.ts';
import type { Size } from './camera.ts';
import { type DifferenceFacts, HEAT_STOPS, LOOKS, ZONE_MARGIN } from './difference.ts';
import { BLINK_MS, GAIN_MOST, type StageView } from './useStageView.ts';

const t = text.viewer;

interface StageFootProps {
  view: StageView;
  single: boolean;
  facts: DifferenceFacts | null;
  sizes: { a: Size | null; b: Size | null };
  names: { source: string; edited: string };
  /** The two pictures have different sizes. */
  differ: boolean;
}

/** One line of fixed height under the pictures: what the mode can be told, and what is to be known of the pair. */
export function StageFoot({ view, single, facts, sizes, names, differ }: StageFootProps) {
  const { a, b } = sizes;
  return (
    <div className="nhr-stage-foot">
      {!single && view.mode === 'slider' && <span className="nhr-quiet">{t.sliderHint}</span>}
      {!single && view.mode === 'side' && <span className="nhr-quiet">{t.sideHint}</span>}
      {!single && view.mode === 'overlay' && <Opacity view={view} />}
      {!single && view.mode === 'difference' && <Difference view={view} facts={facts} />}
      {!single && view.mode === 'blink' && <Blink view={view} />}
      <span className="nhr-grow" />
      {differ && a && b ? (
        <span className="nhr-sizes-differ" title={t.differAbout}>
          {t.differ(names.source, size(a), names.edited, size(b))}
        </span>
      ) : (
        a && <span className="nhr-quiet nhr-size">{size(a)}</span>
      )}
    </div>
  );
}

function size({ width, height }: Size): string {
  return `${width} × ${height}`;
}

function Opacity({ view }: { view: StageView }) {
  return (
    <label className="nhr-foot-slider">
      <span aria-hidden>{t.opacity}</span>
      <Slider
        size="sm"
        min={0}
        max={1}
        step={0.01}
        value={view.opacity}
        onChange={view.setOpacity}
        label={(value) => percent(value, 0)}
        thumbLabel={t.opacity}
      />
      <output>{percent(view.opacity, 0)}</output>
    </label>
  );
}

function Blink({ view }: { view: StageView }) {
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={view.flip}>
        {t.flip}
      </Button>
      {view.mayTime && (
        <Checkbox size="xs" label={t.timed} checked={view.timed} onChange={(event) => view.setTimed(event.currentTarget.checked)} />
      )}
      {view.timed && (
        <label className="nhr-foot-slider">
          <Slider
            size="sm"
            inverted
            min={BLINK_MS.fastest}
            max={BLINK_MS.slowest}
            step={BLINK_MS.step}
            value={view.blinkMs}
            onChange={view.setBlinkMs}
            label={t.seconds}
            thumbLabel={t.rate}
          />
          <output>{t.seconds(view.blinkMs)}</output>
        </label>
      )}
    </>
  );
}

function Difference({ view, facts }: { view: StageView; facts: DifferenceFacts | null }) {
  const box = facts?.largestBox;
  return (
    <>
      <NativeSelect
        size="xs"
        className="nhr-look"
        aria-label={t.look}
        data={LOOKS.map((value) => ({ value, label: t.looks[value] }))}
        value={view.look}
        onChange={(event) => view.setLook(LOOKS.find((look) => look === event.currentTarget.value) ?? 'colours')}
      />
      {view.look !== 'mask' && (
        <label className="nhr-foot-slider">
          <Slider
            size="sm"
            min={1}
            max={GAIN_MOST}
            value={view.gain}
            onChange={view.setGain}
            label={(value) => `× ${value}`}
            thumbLabel={text.compare.gain}
          />
          <output>× {view.gain}</output>
        </label>
      )}
      {(view.look === 'mask' || view.look === 'zone') && (
        <label className="nhr-foot-slider">
          <Slider
            size="sm"
            min={0}
            max={254}
            value={view.rule.threshold}
            onChange={view.setThreshold}
            label={(value) => `> ${value}`}
            thumbLabel={t.threshold}
          />
          <output title={t.thresholdAbout(t.over(view.checked))}>{t.over(view.rule)}</output>
        </label>
      )}
      <Legend view={view} />
      {facts && (
        <span className="nhr-quiet nhr-changed" title={t.changedAbout(percent(facts.largestShare, 1), count(facts.components))}>
          {t.changedShort(percent(facts.flaggedShare, 1))}
        </span>
      )}
      {box && (
        <Button
          size="compact-xs"
          variant="default"
          onClick={() =>
            view.zoom.showAt(box.x + box.width / 2, box.y + box.height / 2, { width: box.width * 1.3, height: box.height * 1.3 })
          }
        >
          {t.toLargest}
        </Button>
      )}
    </>
  );
}

/** What the colours mean. */
function Legend({ view: { look, gain } }: { view: StageView }) {
  const most = Math.round(255 / gain);
  if (look === 'mask' || look === 'zone')
    return (
      <span className="nhr-legend">
        {(look === 'mask' ? (['largest', 'flagged'] as const) : (['zone'] as const)).map((part) => (
          <span key={part}>
            <i data-part={part} />
            {part === 'zone' ? t.legendZone(ZONE_MARGIN) : t.legend[part]}
          </span>
        ))}
      </span>
    );
  const stops = look === 'heat' ? HEAT_STOPS.map((stop) => `rgb(${stop.join(' ')})`) : ['#000', '#fff'];
  return (
    <span className="nhr-legend" role="img" aria-label={t.legendRange(most)}>
      0
      <i className="nhr-legend-bar" style={{ background: `linear-gradient(to right, ${stops.join(', ')})` }} />
      {most}
    </span>
  );
}
