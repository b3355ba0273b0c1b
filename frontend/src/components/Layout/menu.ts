/** Classes shared by the header's menus. */
export const POPUP =
  'min-w-44 rounded-lg border border-line bg-raised p-1 shadow-pop outline-none origin-[var(--transform-origin)] transition-opacity data-[ending-style]:opacity-0 data-[starting-style]:opacity-0';

export const ITEM =
  'flex h-9 cursor-default items-center gap-2 rounded-md px-2 text-ink outline-none select-none data-[highlighted]:bg-hover';
