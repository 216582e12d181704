/** The signboard and its alphabet. Letters are strokes of our own, so signs do not depend on the fonts of a machine. */

import { placeOf } from '../catalogue.ts';
import type { Layout } from '../layout.ts';
import type { Scene } from '../scene.ts';
import { LIGHT, rect } from './frame.ts';

/** Strokes by letter: points as two digits, x from 0 to 4 and y from 0 to 6. */
const STROKES: Record<string, string> = {
  A: '06 20 46,14 34',
  B: '00 06 36 45 44 33 03,33 42 41 30 00',
  C: '41 30 10 01 05 16 36 45',
  D: '00 06 26 44 42 20 00',
  E: '40 00 06 46,03 33',
  F: '40 00 06,03 33',
  G: '41 30 10 01 05 16 36 45 43 23',
  H: '00 06,40 46,03 43',
  I: '20 26',
  J: '40 45 36 16 05',
  K: '00 06,40 03 46',
  L: '00 06 46',
  M: '06 00 23 40 46',
  N: '06 00 46 40',
  O: '10 30 41 45 36 16 05 01 10',
  P: '06 00 30 41 42 33 03',
  Q: '10 30 41 45 36 16 05 01 10,24 46',
  R: '06 00 30 41 42 33 03,23 46',
  S: '41 30 10 01 02 13 33 44 45 36 16 05',
  T: '00 40,20 26',
  U: '00 05 16 36 45 40',
  V: '00 26 40',
  W: '00 16 23 36 40',
  X: '00 46,40 06',
  Y: '00 23 40,23 26',
  Z: '00 40 06 46',
  '0': '10 30 41 45 36 16 05 01 10',
  '1': '11 20 26',
  '2': '01 10 30 41 42 06 46',
  '3': '00 40 22 33 44 45 36 16 05',
  '4': '36 30 04 44',
  '5': '40 00 03 33 44 45 36 06',
  '6': '40 10 02 05 16 36 45 44 33 03',
  '7': '00 40 16',
  '8': '13 02 01 10 30 41 42 33 13 04 05 16 36 45 44 33',
  '9': '06 36 44 41 30 10 01 02 13 43',
};

/** What a sign looks like: a board with a frame indoors, a board on a post outdoors. Pixels of the picture. */
export function signSvg(scene: Scene, layout: Layout): { svg: string; x: number; y: number; width: number; height: number } {
  const indoor = placeOf(scene.place).indoor;
  const board = layout.sign;
  const width = Math.round(board.width);
  const boardHeight = Math.round(board.height);
  const height = indoor ? boardHeight : Math.round(Math.min(boardHeight * 3.1, scene.height * 0.6 - board.y + boardHeight * 0.8));
  const edge = Math.max(3, boardHeight * 0.07);
  const face = indoor ? '#2f3b36' : '#f4ead0';
  const ink = indoor ? '#f7f2e0' : '#4a3524';
  const wood = '#8c6239';
  let body = indoor ? '' : rect(width * 0.46, boardHeight * 0.5, width * 0.08, height - boardHeight * 0.5, '#6f4c2c');
  body +=
    rect(1, 1, width - 2, boardHeight - 2, wood, `rx="${edge}"`) +
    rect(edge, edge, width - 2 * edge, boardHeight - 2 * edge, face, `rx="${edge * 0.6}"`);
  const text = (scene.sign ?? '').toUpperCase();
  const cell = Math.min((width - edge * 6) / Math.max(4, text.length * 5.6 - 1.6), (boardHeight - edge * 5) / 6);
  const left = (width - cell * (text.length * 5.6 - 1.6)) / 2;
  const top = (boardHeight - cell * 6) / 2;
  let d = '';
  [...text].forEach((letter, i) => {
    for (const stroke of (STROKES[letter] ?? '').split(',')) {
      const points = stroke
        .split(' ')
        .filter(Boolean)
        .map((p) => `${(left + cell * (i * 5.6 + Number(p[0]))).toFixed(1)} ${(top + cell * Number(p[1])).toFixed(1)}`);
      if (points.length > 1) d += `M${points.join('L')}`;
    }
  });
  body += `<path d="${d}" fill="none" stroke="${ink}" stroke-width="${(cell * 1.05).toFixed(2)}" stroke-linecap="round" stroke-linejoin="round"/>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${body}</svg>`;
  return { svg, x: Math.round(board.x), y: Math.round(board.y), width, height };
}

/** How much of the light of the hour falls on things, per channel: a little more than on the background, so they stay readable. */
export function lightOn(scene: Scene): [number, number, number] {
  const light = LIGHT[placeOf(scene.place).indoor ? 'in' : 'out'][scene.time];
  return light.map((v) => v ** 0.75) as [number, number, number];
}
