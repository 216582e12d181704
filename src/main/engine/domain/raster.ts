/** A picture in memory: rows from the top, interleaved channels, 8 bits each, sRGB. `data.length = width * height * channels`. */
export interface Raster {
  width: number;
  height: number;
  /** 3 = RGB, 4 = RGBA with straight (not premultiplied) alpha. */
  channels: 3 | 4;
  data: Uint8Array;
}

/** How a raster becomes bytes. `quality` is 1 to 100 and means nothing for PNG, which is lossless. */
export interface EncodeFormat {
  format: 'jpeg' | 'png' | 'webp';
  quality: number;
}

/** Painting primitives. Parts that paint get one handed in, so that they need no image library of their own. */
export interface Canvas {
  /** Draws an SVG stretched to exactly width x height pixels; always RGBA, transparent where nothing is drawn. */
  renderSvg(svg: string, width: number, height: number): Promise<Raster>;
  /** The same raster and format always give the same bytes. RGBA is laid on white for JPEG, which has no alpha. */
  encode(raster: Raster, format: EncodeFormat): Promise<Uint8Array>;
  /** Any supported format; RGB, or RGBA when the picture has an alpha channel. Throws AppError inputInvalid for unreadable bytes. */
  decode(bytes: Uint8Array): Promise<Raster>;
  /** Gaussian blur; sigma in pixels, 0.3 to 1000. Keeps size and channels. */
  blur(raster: Raster, sigma: number): Promise<Raster>;
  /** Stretches to exactly width x height (Lanczos). Keeps channels. */
  resize(raster: Raster, width: number, height: number): Promise<Raster>;
}
