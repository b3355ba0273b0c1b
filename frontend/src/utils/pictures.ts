// What a browser draws and nothing that it runs: SVG may carry scripts, so it is not among them.
const PICTURE = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/;
const CUT = 64;

export function isPicture(value: unknown): value is string {
  return typeof value === 'string' && PICTURE.test(value);
}

/** The kind and size of a picture, instead of its thousands of characters. */
export function pictureLabel(uri: string): { kind: string; bytes: number } {
  const kind = /^data:image\/(\w+)/.exec(uri.slice(0, CUT))?.[1] ?? '';
  const base64 = uri.slice(uri.indexOf(',') + 1);
  const padding = /=*$/.exec(base64)?.[0].length ?? 0;
  return { kind: kind.toUpperCase(), bytes: (base64.length * 3) / 4 - padding };
}

export interface FoundPicture {
  path: string;
  uri: string;
}

/** The pictures in a result, with where each was found: "plot", "plots[2].image". */
export function findPictures(value: unknown, path = '', most = 12): FoundPicture[] {
  if (isPicture(value)) return [{ path, uri: value }];
  if (typeof value !== 'object' || value === null) return [];
  const found: FoundPicture[] = [];
  for (const [key, child] of Object.entries(value)) {
    if (found.length >= most) break;
    const step = Array.isArray(value) ? `[${key}]` : path ? `.${key}` : key;
    found.push(...findPictures(child, path + step, most - found.length));
  }
  return found;
}
