import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** The one accent: a quiet green-blue that stays readable on white and on near-black. */
const lagoon: MantineColorsTuple = [
  '#eaf7f5',
  '#d3ece8',
  '#a6d9d1',
  '#76c4ba',
  '#4fb1a5',
  '#359a8e',
  '#1f8479',
  '#0f6f66',
  '#0a5a53',
  '#06443f',
];

/** Neutral greys without a tint, so that the colours of a picture are judged against nothing but grey. */
const dark: MantineColorsTuple = [
  '#e8e8e8',
  '#cfcfcf',
  '#b0b0b0',
  '#8f8f8f',
  '#5c5c5c',
  '#3d3d3d',
  '#2b2b2b',
  '#1f1f1f',
  '#171717',
  '#101010',
];

const gray: MantineColorsTuple = [
  '#fafafa',
  '#f3f3f3',
  '#e8e8e8',
  '#dcdcdc',
  '#c6c6c6',
  '#a3a3a3',
  '#767676',
  '#4f4f4f',
  '#363636',
  '#212121',
];

/** Pictures first: few colours, one accent, small radius, no shadows. */
export const theme = createTheme({
  colors: { lagoon, dark, gray },
  primaryColor: 'lagoon',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'sm',
  radius: { xs: '3px', sm: '6px', md: '8px', lg: '12px' },
  fontFamily: 'Inter, "Segoe UI", system-ui, -apple-system, "Noto Sans", "Liberation Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", "Liberation Mono", monospace',
  headings: { fontWeight: '600', sizes: { h1: { fontSize: '1.375rem' }, h2: { fontSize: '0.9375rem' }, h3: { fontSize: '0.875rem' } } },
  focusRing: 'auto',
  respectReducedMotion: true,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'sm', fw: 550 } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true } },
    // Inside a dialog a header is no banner of the page.
    Modal: { defaultProps: { overlayProps: { backgroundOpacity: 0.5 }, attributes: { header: { role: 'presentation' } } } },
  },
});

/** Own variables on top of Mantine's: page ground, card ground, hairline, readable secondary text, states. */
export const variables: CSSVariablesResolver = () => ({
  variables: { '--nhr-content': '1560px' },
  light: {
    '--mantine-color-body': '#f7f7f7',
    '--mantine-color-dimmed': '#5f5f5f',
    '--mantine-color-placeholder': '#6f6f6f',
    '--mantine-color-error': '#b3261e',
    '--nhr-card': '#ffffff',
    '--nhr-line': '#e2e2e2',
    '--nhr-well': '#ededed',
    '--nhr-accent': '#0f6f66',
    '--nhr-good': '#1d7a3e',
    '--nhr-bad': '#b3261e',
    '--nhr-warn': '#8a5200',
    '--nhr-warn-ground': '#fff5e2',
    '--nhr-bad-ground': '#fdeceb',
    '--nhr-bar': '#9fcac4',
  },
  dark: {
    '--mantine-color-body': '#141414',
    '--mantine-color-dimmed': '#a8a8a8',
    '--mantine-color-placeholder': '#949494',
    '--mantine-color-error': '#f1867f',
    '--nhr-card': '#1d1d1d',
    '--nhr-line': '#333333',
    '--nhr-well': '#262626',
    '--nhr-accent': '#62c2b6',
    '--nhr-good': '#69c98a',
    '--nhr-bad': '#f1867f',
    '--nhr-warn': '#e5b566',
    '--nhr-warn-ground': '#2c2415',
    '--nhr-bad-ground': '#331b1a',
    '--nhr-bar': '#2f6f68',
  },
});
