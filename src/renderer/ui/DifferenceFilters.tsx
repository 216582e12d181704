/** Ways to show how far two pictures lie apart. `mask` is the low-level check's default rule: any channel over 40. */
export const DIFFERENCE_LOOKS = ['plain', 'heat', 'mask', 'red', 'green', 'blue'] as const;
export type DifferenceLook = (typeof DIFFERENCE_LOOKS)[number];

/** Over 40 of 255, in 255 steps: 41 of 256 places are 0. */
const MASK_TABLE = [...Array(41).fill(0), ...Array(215).fill(1)].join(' ');
/** A channel to all three, as rows of a colour matrix. */
const ONE = (r: number, g: number, b: number) => `${`${r} ${g} ${b} 0 0 `.repeat(3)}0 0 0 1 0`;
const MATRICES = { red: ONE(1, 0, 0), green: ONE(0, 1, 0), blue: ONE(0, 0, 1) };
/** Black, purple, red, yellow, white. */
const HEAT = { R: '0 0.4 0.9 1 1', G: '0 0 0.2 0.8 1', B: '0 0.5 0.1 0 1' };

/** The CSS filter of a look. The mask is a rule of its own and knows no gain. */
export function differenceFilter(look: DifferenceLook, gain: number): string {
  if (look === 'plain') return `brightness(${gain})`;
  return look === 'mask' ? 'url(#nhr-difference-mask)' : `brightness(${gain}) url(#nhr-difference-${look})`;
}

/** The filters that `differenceFilter` names; they work on the picture that is there, so that zoom and pan draw nothing anew. */
export function DifferenceFilters() {
  return (
    <svg width="0" height="0" aria-hidden style={{ position: 'absolute' }}>
      {(['red', 'green', 'blue'] as const).map((channel) => (
        <filter key={channel} id={`nhr-difference-${channel}`} colorInterpolationFilters="sRGB">
          <feColorMatrix values={MATRICES[channel]} />
        </filter>
      ))}
      <filter id="nhr-difference-heat" colorInterpolationFilters="sRGB">
        <feColorMatrix values={ONE(1 / 3, 1 / 3, 1 / 3)} />
        <feComponentTransfer>
          <feFuncR type="table" tableValues={HEAT.R} />
          <feFuncG type="table" tableValues={HEAT.G} />
          <feFuncB type="table" tableValues={HEAT.B} />
        </feComponentTransfer>
      </filter>
      <filter id="nhr-difference-mask" colorInterpolationFilters="sRGB">
        <feComponentTransfer>
          <feFuncR type="discrete" tableValues={MASK_TABLE} />
          <feFuncG type="discrete" tableValues={MASK_TABLE} />
          <feFuncB type="discrete" tableValues={MASK_TABLE} />
        </feComponentTransfer>
        <feColorMatrix values={ONE(1, 1, 1)} />
      </filter>
    </svg>
  );
}
