import type { Completion, Suggestion } from '@/types/api.generated';

/** A text with its caret; places are in UTF-16 units, as inputs have them. */
export interface Typed {
  text: string;
  caret: number;
}

/** The server counts characters, inputs count UTF-16 units: an emoji is one of those and two of these. */
export function characters(text: string, units: number): number {
  return Array.from(text.slice(0, units)).length;
}

/** The text around the character at a place; at its end there is none. */
export function around(text: string, position: number): [before: string, at: string, after: string] {
  const all = Array.from(text);
  return [all.slice(0, position).join(''), all[position] ?? '', all.slice(position + 1).join('')];
}

/** The text with a suggestion in its place. After a whole value one may go on with the next word. */
export function accept(text: string, { start, end }: Completion, { text: chosen }: Suggestion): Typed {
  const all = Array.from(text);
  const rest = all.slice(end).join('');
  const whole = !chosen.endsWith(':') && rest === '';
  const before = all.slice(0, start).join('') + chosen + (whole ? ' ' : '');
  return { text: before + rest, caret: before.length };
}

/** Suggestions that would change something. */
export function useful(text: string, completion: Completion): Suggestion[] {
  const typed = Array.from(text).slice(completion.start, completion.end).join('');
  return completion.suggestions.filter((one) => one.text !== typed);
}
