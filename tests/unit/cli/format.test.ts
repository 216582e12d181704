import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  cut,
  displayWidth,
  formatBar,
  formatChange,
  formatDuration,
  formatMoney,
  formatRate,
  formatTable,
  paint,
} from '../../../src/main/cli/format.ts';

const plain = { colour: false, unicode: true };
const ascii = { colour: false, unicode: false };
const colour = { colour: true, unicode: true };

// Catches: "60 s", "1 min 60 s", "24 h 00 min" at the edges, and NaN on screen.
test('durations read well at every edge', () => {
  const seconds = [0, 0.04, 9.94, 9.95, 59.4, 59.6, 185, 3599.6, 7630, 86_399, 100_000, null, Number.NaN];
  expect(seconds.map(formatDuration)).toEqual([
    '0.0 s',
    '0.0 s',
    '9.9 s',
    '10 s',
    '59 s',
    '1 min 00 s',
    '3 min 05 s',
    '1 h 00 min',
    '2 h 07 min',
    '1 d 0 h',
    '1 d 4 h',
    'unknown',
    'unknown',
  ]);
  fc.assert(fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (s) => !/\b60 (s|min)/.test(formatDuration(s))));
});

// Catches: a real cost shown as $0.00.
test('money never rounds to nothing', () => {
  expect([0, 0.004, 0.00012, 0.1, 1.005, 12_345.6, -2].map(formatMoney)).toEqual([
    '$0.00',
    '$0.0040',
    '$0.00012',
    '$0.10',
    '$1.01',
    '$12,345.60',
    '-$2.00',
  ]);
});

test('changes look like table 2 of the paper', () => {
  expect([-0.56, 4.959, 0, -0.00001, null].map(formatChange)).toEqual(['-56.00 %', '+495.90 %', '0.00 %', '0.00 %', '']);
  expect([0, 0.5, 3.14, 1234].map(formatRate)).toEqual(['0.0/s', '30.0/min', '3.1/s', '1,234/s']);
});

// Catches: a bar that is full at 99.9 %, too long, or breaks at 0 of 0.
test('a bar has its width, and is full only at the end', () => {
  fc.assert(
    fc.property(fc.double(), fc.integer({ min: 1, max: 80 }), (share, width) => {
      const bar = formatBar(share, width, ascii);
      expect(bar).toMatch(/^#*-*$/);
      expect(bar).toHaveLength(width);
      expect(bar.includes('-')).toBe(!(share >= 1 && Number.isFinite(share)));
    }),
  );
  expect(formatBar(0.5, 4, plain)).toBe('██░░');
});

// Catches: lines that wrap in a narrow terminal, which breaks drawing over them.
test('a cut text fits, wide characters and colours included', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), fc.boolean(), (text, width, unicode) => {
      expect(displayWidth(cut(text, width, { colour: false, unicode }))).toBeLessThanOrEqual(Math.max(width, 0));
    }),
  );
  expect([displayWidth('日本'), displayWidth('🦊'), displayWidth('é'), displayWidth(paint('red', 'no', colour))]).toEqual([4, 2, 1, 2]);
  expect(cut('a long line', 6, ascii)).toBe('a l...');
});

test('a table aligns its columns', () => {
  expect(
    formatTable(
      [
        ['Name', 'Count'],
        ['日本', '7'],
        ['fox', '1,200'],
      ],
      [1],
      ascii,
    ),
  ).toEqual(['Name  Count', '-----------', '日本      7', 'fox   1,200']);
  expect(formatTable([], [], ascii)).toEqual([]);
  expect(formatTable([['A'], ['abcdefgh']], [], ascii, 5).at(-1)).toBe('ab...');
});
