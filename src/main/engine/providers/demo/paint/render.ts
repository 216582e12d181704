/** A scene as pixels. The same scene gives the same bytes, so pictures can be compared with what they should show. */
import type { Canvas, Raster } from '../../../domain/raster.ts';
import { placeOf } from '../catalogue.ts';
import { hash32 } from '../chance.ts';
import { type Layout, placeThing, sceneLayout } from '../layout.ts';
import { applyLook, lookNamed } from '../looks.ts';
import { ordered, type Scene, sceneText, type Thing } from '../scene.ts';
import { byteCache } from './cache.ts';
import { frameOf, LIGHT, VARIANTS } from './frame.ts';
import { paintLand } from './lands.ts';
import { lightOn, signSvg } from './letters.ts';
import { paintRoom } from './rooms.ts';
import { spriteSource } from './sprites.ts';
import { addGrain, lay } from './texture.ts';
import { addWeather } from './weather.ts';

const RASTER_CACHE_BYTES = 64 * 2 ** 20;
const ENCODED_CACHE_BYTES = 64 * 2 ** 20;
const PICTURE_CACHE_BYTES = 48 * 2 ** 20;
const SIGN_CACHE_BYTES = 4 * 2 ** 20;

/** Something that is wrong with the whole scene rather than with its content; only sources have it. */
export type Flaw = { kind: 'floating'; name: string } | { kind: 'sunken'; name: string };

export interface Painter {
  /** RGB of the scene. The raster is shared: copy it before changing it. */
  paint(scene: Scene): Promise<Raster>;
  /** The same with one thing drawn wrongly; never kept. */
  paintFlawed(scene: Scene, flaw: Flaw): Promise<Raster>;
}

/** A painter with its own caches: backgrounds, sprites, signs and the latest pictures, all bounded in bytes. */
export function createPainter(canvas: Canvas): Painter {
  const sprite = spriteSource(canvas);
  const rasters = byteCache<Raster>(RASTER_CACHE_BYTES, (r) => r.data.length);
  const encoded = byteCache<Uint8Array>(ENCODED_CACHE_BYTES, (b) => b.length);
  const pictures = byteCache<Raster>(PICTURE_CACHE_BYTES, (r) => r.data.length);
  const signs = byteCache<Raster>(SIGN_CACHE_BYTES, (r) => r.data.length);

  async function drawBackground(scene: Scene, variant: number): Promise<Raster> {
    const place = placeOf(scene.place);
    const frame = frameOf(place, scene.width, scene.height, scene.time, place.seasons ? scene.season : 'summer', variant);
    const { defs, body, textures } = place.indoor ? paintRoom(frame) : paintLand(frame);
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${scene.width}" height="${scene.height}" viewBox="0 0 ${scene.width} ${scene.height}"><defs>${defs}</defs>${body}</svg>`;
    const raster = withoutAlpha(await canvas.renderSvg(svg, scene.width, scene.height));
    for (const texture of textures) lay(raster, texture);
    return raster;
  }

  /** Backgrounds are kept encoded (many) and decoded (few). Both ways go through the encoding, so both give the same pixels. */
  function background(scene: Scene): Promise<Raster> {
    const place = placeOf(scene.place);
    const variant = hash32(`variant ${scene.seed}`) % VARIANTS;
    const key = [scene.place, scene.width, scene.height, scene.time, place.seasons ? scene.season : '', variant].join('|');
    return rasters.get(key, async () => {
      const bytes = await encoded.get(key, async () =>
        canvas.encode(await drawBackground(scene, variant), { format: 'jpeg', quality: 92 }),
      );
      return withoutAlpha(await canvas.decode(bytes));
    });
  }

  async function drawThing(
    out: Raster,
    scene: Scene,
    layout: Layout,
    thing: Thing,
    light: [number, number, number],
    flaw?: Flaw,
  ): Promise<void> {
    const at = placeThing(scene, layout, thing);
    const drawn = await sprite(thing.name, thing.colour, at.side);
    const lift = flaw?.name !== thing.name ? 0 : flaw.kind === 'floating' ? -Math.round(at.side * 0.75) : Math.round(drawn.height * 0.45);
    const left = Math.round(at.x - drawn.width / 2);
    const top = at.hangs ? Math.round(at.base - drawn.height / 2) : at.base - drawn.height + 2;
    if (!at.hangs && flaw?.name !== thing.name)
      dropShadow(out, at.x, at.base - 2, drawn.width * 0.52, drawn.width * 0.12, thing.slot.zone === 'shelf' ? 0.22 : 0.34);
    stamp(out, drawn, left, top + lift, light, lift > 0 ? at.base : out.height);
  }

  async function draw(scene: Scene, flaw?: Flaw): Promise<Raster> {
    const layout = sceneLayout(scene);
    const ground = await background(scene);
    const out: Raster = { ...ground, data: new Uint8Array(ground.data) };
    const light = lightOn(scene);
    if (scene.sign) {
      const sign = signSvg(scene, layout);
      const board = await signs.get(sign.svg, () => canvas.renderSvg(sign.svg, sign.width, sign.height));
      stamp(out, board, sign.x, sign.y, light, out.height);
    }
    for (const thing of ordered(scene.things)) await drawThing(out, scene, layout, thing, light, flaw);
    const bright = LIGHT.out[scene.time];
    addWeather(out, scene.weather, scene.seed, (bright[0] + bright[1] + bright[2]) / 3);
    const look = lookNamed(scene.style);
    if (look) applyLook(out, look);
    addGrain(out, scene.seed);
    return out;
  }

  return {
    paint: (scene) => pictures.get(sceneText(scene), () => draw(scene)),
    paintFlawed: (scene, flaw) => draw(scene, flaw),
  };
}

/** RGB of a raster; transparent pixels become what lies under them, which for our backgrounds is nothing. */
export function withoutAlpha(raster: Raster): Raster {
  if (raster.channels === 3) return raster;
  const { width, height, data } = raster;
  const out = new Uint8Array(width * height * 3);
  for (let i = 0, o = 0; i < data.length; i += 4, o += 3) {
    out[o] = data[i] as number;
    out[o + 1] = data[i + 1] as number;
    out[o + 2] = data[i + 2] as number;
  }
  return { width, height, channels: 3, data: out };
}

/** Lays an RGBA sprite over an RGB picture under a light; rows from `stop` on are left out. */
function stamp(out: Raster, sprite: Raster, left: number, top: number, light: readonly [number, number, number], stop: number): void {
  const [lr, lg, lb] = light;
  const last = Math.min(sprite.height, out.height - top, stop - top);
  for (let y = Math.max(0, -top); y < last; y++)
    for (let x = Math.max(0, -left); x < Math.min(sprite.width, out.width - left); x++) {
      const s = (y * sprite.width + x) * 4;
      const a = (sprite.data[s + 3] as number) / 255;
      if (a === 0) continue;
      const o = ((top + y) * out.width + left + x) * 3;
      out.data[o] = Math.round((out.data[o] as number) * (1 - a) + (sprite.data[s] as number) * lr * a);
      out.data[o + 1] = Math.round((out.data[o + 1] as number) * (1 - a) + (sprite.data[s + 1] as number) * lg * a);
      out.data[o + 2] = Math.round((out.data[o + 2] as number) * (1 - a) + (sprite.data[s + 2] as number) * lb * a);
    }
}

function dropShadow(out: Raster, cx: number, cy: number, rx: number, ry: number, strength: number): void {
  const [reachX, reachY] = [rx * 1.25, ry * 1.5];
  for (let y = Math.max(0, Math.floor(cy - reachY)); y < Math.min(out.height, cy + reachY); y++)
    for (let x = Math.max(0, Math.floor(cx - reachX)); x < Math.min(out.width, cx + reachX); x++) {
      const d = Math.hypot((x - cx) / reachX, (y - cy) / reachY);
      if (d >= 1) continue;
      const keep = 1 - strength * (1 - d) ** 1.2 * 1.3;
      const o = (y * out.width + x) * 3;
      for (let c = 0; c < 3; c++) out.data[o + c] = Math.round((out.data[o + c] as number) * Math.max(0.3, keep));
    }
}
