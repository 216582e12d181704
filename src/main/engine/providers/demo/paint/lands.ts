/** The outdoor backgrounds: sky, a middle distance and a foreground with room for the slots. */
import type { Frame, Painting } from './frame.ts';
import { beach, meadow, mountains } from './nature.ts';
import { harbour, park, street } from './towns.ts';

const PAINTERS: Record<string, (f: Frame) => Painting> = { beach, meadow, mountains, street, park, harbour };

/** A landscape as SVG, with the textures its surfaces get. */
export function paintLand(f: Frame): Painting {
  return (PAINTERS[f.place.id] as (frame: Frame) => Painting)(f);
}
