import Anser from 'anser';

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;
export type Colour = (typeof COLOURS)[number];

/** A stretch of text in one look. Colours are names, which the theme gives their values. */
export interface Segment {
  text: string;
  colour: Colour | null;
  background: Colour | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

// Titles, links and other things that a terminal is told between ESC ] and BEL or ESC \.
// eslint-disable-next-line no-control-regex -- these are control characters
const TOLD_TO_THE_TERMINAL = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;
// Everything below a space but tab and ESC would be drawn as nothing or as a box.
// eslint-disable-next-line no-control-regex -- these are control characters
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f]/g;

/** Reads the colours of one line. What is not a colour is left out; the text stays text. */
export function parseAnsi(line: string): Segment[] {
  const clean = line.replace(TOLD_TO_THE_TERMINAL, '').replace(UNPRINTABLE, '');
  if (!clean.includes('\u001b')) return [plain(clean)];
  return Anser.ansiToJson(clean, { json: true, use_classes: true, remove_empty: true }).map((part) => {
    const has = (name: Anser.DecorationName) => part.decorations.includes(name);
    const colour = nearest(part.fg, part.fg_truecolor);
    const background = nearest(part.bg, part.bg_truecolor);
    const [front, back] = has('reverse') ? [background, colour ?? 'white'] : [colour, background];
    return {
      // What is left of a broken sequence must not reach the page as a control character.
      text: part.content.replaceAll('\u001b', ''),
      colour: front,
      background: back,
      bold: has('bold'),
      dim: has('dim'),
      italic: has('italic'),
      underline: has('underline'),
    };
  });
}

function plain(text: string): Segment {
  return {
    text,
    colour: null,
    background: null,
    bold: false,
    dim: false,
    italic: false,
    underline: false,
  };
}

/** Anser says "ansi-red", "ansi-bright-red", "ansi-palette-208" or "ansi-truecolor" with "255, 128, 0". */
function nearest(name: string | null, truecolour: string | null): Colour | null {
  if (!name) return null;
  if (name === 'ansi-truecolor') return nearestTo((truecolour ?? '').split(',').map(Number));
  const palette = /^ansi-palette-(\d+)$/.exec(name);
  if (palette) return nearestTo(paletteColour(Number(palette[1])));
  return COLOURS.find((colour) => name.endsWith(`-${colour}`)) ?? null;
}

/** The colour cube and the greys of xterm's 256 colours. */
function paletteColour(index: number): number[] {
  if (index >= 232) return Array<number>(3).fill(8 + (index - 232) * 10);
  const cube = Math.max(index - 16, 0);
  return [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((step) =>
    step === 0 ? 0 : 55 + step * 40,
  );
}

/** One of eight: each channel counts as on where it is near the strongest of the three. */
function nearestTo(rgb: number[]): Colour | null {
  const [red = 0, green = 0, blue = 0] = rgb;
  const strongest = Math.max(red, green, blue);
  if (strongest < 48) return 'black';
  const weakest = Math.min(red, green, blue);
  if (strongest - weakest < 32) return strongest > 128 ? 'white' : 'black';
  const on = (channel: number) => (channel - weakest > (strongest - weakest) * 0.5 ? 1 : 0);
  return COLOURS[on(red) + 2 * on(green) + 4 * on(blue)] ?? null;
}
