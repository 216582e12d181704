/**
 * BT.601 luma (0.299 R + 0.587 G + 0.114 B; ITU-R BT.601-7, 2.5.1) in 15-bit fixed point, with the weights that OpenCV's conversion
 * to grey has (modules/imgproc/src/color.hpp: RY15, GY15, BY15): rounded so that they add up to 2^15, so that greys stay what they are.
 */
const SHIFT = 15;
const RED = 9798;
const GREEN = 19235;
const BLUE = 3735;
const HALF = 1 << (SHIFT - 1);

/** Luma of three values of 0 to 255, rounded. The masks of the engine and of the viewer and all that is measured on grey agree by it. */
export function lumaOf(r: number, g: number, b: number): number {
  return (r * RED + g * GREEN + b * BLUE + HALF) >> SHIFT;
}
