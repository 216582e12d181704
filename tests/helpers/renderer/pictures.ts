import type { BlobUrl } from '../../../src/renderer/app/blobUrl.ts';

/** A made-up hash that says what to draw: which scene, and which of its edits (0 = the source). */
export function fakeHash(scene: number, edit: number): string {
  return `${scene.toString(16).padStart(8, '0')}${edit.toString(16).padStart(2, '0')}`.padEnd(64, 'e');
}

/** Pictures drawn from the hash, so that tests and the look-at-it page need no files. */
export const fakeBlobUrl: BlobUrl = (hash) => {
  const scene = Number.parseInt(hash.slice(0, 8), 16);
  const edit = Number.parseInt(hash.slice(8, 10), 16);
  return `data:image/svg+xml,${encodeURIComponent(draw(scene, edit))}`;
};

function draw(scene: number, edit: number): string {
  const hue = (scene * 47) % 360;
  const night = edit === 3;
  const sky = night ? `hsl(${hue} 30% 18%)` : `hsl(${hue} 45% 82%)`;
  const ground = `hsl(${(hue + 60) % 360} 30% ${night ? 20 : 58}%)`;
  const hill = `hsl(${(hue + 30) % 360} 28% ${night ? 26 : 70}%)`;
  const ballHue = edit === 2 ? (hue + 180) % 360 : (hue + 300) % 360;
  const x = 140 + ((scene * 83) % 230);
  const ball = edit === 1 ? '' : `<circle cx="${x}" cy="350" r="58" fill="hsl(${ballHue} 65% 52%)"/>`;
  const tree = `<path d="M${480 - x} 380v-90" stroke="#6b4a32" stroke-width="18"/><circle cx="${480 - x}" cy="250" r="66" fill="hsl(${110 + (scene % 40)} 38% ${night ? 24 : 42}%)"/>`;
  const sign =
    edit === 4
      ? '<g><rect x="196" y="150" width="120" height="60" rx="6" fill="#f6f0df"/><text x="256" y="190" font-size="32" text-anchor="middle" fill="#333">OPEN</text></g>'
      : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 512 512"><rect width="512" height="512" fill="${sky}"/><path d="M0 330q130-120 260-30t252-40v252H0z" fill="${hill}"/><rect y="380" width="512" height="132" fill="${ground}"/>${tree}${ball}${sign}</svg>`;
}
