// Squarified treemap (Bruls, Huizing, van Wijk 2000): rectangles whose areas are the values, as square as they get.
export interface Tile<T> {
  item: T;
  x: number;
  y: number;
  width: number;
  height: number;
}

export function treemap<T>(items: T[], size: (item: T) => number, x: number, y: number, width: number, height: number): Tile<T>[] {
  const rest = items.filter((item) => size(item) > 0).sort((a, b) => size(b) - size(a));
  const total = rest.reduce((sum, item) => sum + size(item), 0);
  const tiles: Tile<T>[] = [];
  if (!total || width <= 0 || height <= 0) return tiles;
  const unit = (width * height) / total;
  let at = 0;
  while (at < rest.length) {
    const side = Math.min(width, height);
    let sum = 0;
    let end = at;
    let worst = Infinity;
    while (end < rest.length) {
      const area = size(rest[end]) * unit;
      const [most, least] = [size(rest[at]) * unit, area];
      const whole = sum + area;
      const ratio = Math.max((side * side * most) / (whole * whole), (whole * whole) / (side * side * least));
      if (ratio > worst) break;
      worst = ratio;
      sum = whole;
      ++end;
    }
    const thick = sum / side;
    let offset = 0;
    for (const item of rest.slice(at, end)) {
      const long = (size(item) * unit) / thick;
      tiles.push(
        width >= height
          ? { item, x, y: y + offset, width: thick, height: long }
          : { item, x: x + offset, y, width: long, height: thick },
      );
      offset += long;
    }
    if (width >= height) {
      x += thick;
      width -= thick;
    } else {
      y += thick;
      height -= thick;
    }
    at = end;
  }
  return tiles;
}
