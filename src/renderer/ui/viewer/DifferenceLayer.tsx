import { useEffect, useRef, useState } from 'react';
import type { DifferenceFacts } from './difference.ts';
import { Levels } from './Layer.tsx';
import type { ShownDifference } from './pictureMessages.ts';
import { differenceOf } from './pictures.ts';
import type { StageView } from './useStageView.ts';

interface DifferenceLayerProps {
  a: string;
  b: string;
  view: Pick<StageView, 'look' | 'gain' | 'rule'>;
  name: string;
  onFacts(facts: DifferenceFacts | null): void;
}

/** The difference of the pair: worked out once for the pair and the way it is shown, in the worker. */
export function DifferenceLayer({ a, b, view, name, onFacts }: DifferenceLayerProps) {
  const { look, gain } = view;
  const { threshold, maskRule } = view.rule;
  const [shown, setShown] = useState<{ pair: string; difference: ShownDifference; version: number }>();
  const version = useRef(0);
  const told = useRef(onFacts);
  told.current = onFacts;
  const pair = `${a} ${b}`;
  useEffect(() => {
    let left = false;
    version.current += 1;
    const mine = version.current;
    differenceOf(a, b, { look, gain, rule: { threshold, maskRule } }).then(
      (difference) => {
        if (left) return;
        setShown({ pair: `${a} ${b}`, difference, version: mine });
        told.current(difference);
      },
      // The pictures' own layers say what is wrong with them.
      () => !left && told.current(null),
    );
    return () => {
      left = true;
    };
  }, [a, b, look, gain, threshold, maskRule]);
  // While another gain is worked out the last one stays; that of another pair never does.
  const now = shown?.pair === pair ? shown : undefined;
  const size = now?.difference.shared;
  return (
    <div
      className="nhr-layer nhr-layer-difference"
      data-layer
      role="img"
      aria-label={name}
      style={{ width: size?.width, height: size?.height }}
    >
      {now && <Levels key={now.version} levels={now.difference.levels} />}
    </div>
  );
}
