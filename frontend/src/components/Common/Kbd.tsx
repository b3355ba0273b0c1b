/** A key, as it is printed on keyboards. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line-strong/50 bg-sunken px-1 text-small text-muted">
      {children}
    </kbd>
  );
}
