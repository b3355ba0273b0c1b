import { CopyButton } from '@/components/Common/CopyButton';

/** A command to copy. */
export function CodeBlock({ children, label = 'Copy the command' }: { children: string; label?: string }) {
  return (
    <div className="flex items-start gap-1 rounded-md border border-line bg-sunken text-start">
      <pre
        role="region"
        aria-label="Command"
        tabIndex={0}
        className="min-w-0 flex-1 overflow-x-auto p-3 text-ink"
      >
        <code>{children}</code>
      </pre>
      <span className="p-2">
        <CopyButton text={children} label={label} />
      </span>
    </div>
  );
}
