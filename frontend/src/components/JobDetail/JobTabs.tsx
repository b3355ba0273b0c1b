import type { ReactNode } from 'react';
import { Tabs } from '@base-ui/react/tabs';

export interface TabContent {
  label: string;
  /** How many there are, beside the label. */
  count?: number;
  content: ReactNode;
}

interface Props<Tab extends string> {
  /** Of all that there may be. */
  order: readonly Tab[];
  tabs: Partial<Record<Tab, TabContent>>;
  current: Tab;
  onChange: (tab: Tab) => void;
}

export function JobTabs<Tab extends string>({ order, tabs, current, onChange }: Props<Tab>) {
  const shown = order.flatMap((tab) => {
    const content = tabs[tab];
    return content ? [{ tab, ...content }] : [];
  });
  return (
    <Tabs.Root value={current} onValueChange={(tab: Tab) => onChange(tab)}>
      <Tabs.List
        aria-label="About this job"
        className="flex gap-1 overflow-x-auto border-b border-line [scrollbar-width:none]"
      >
        {shown.map(({ tab, label, count }) => (
          <Tabs.Tab
            key={tab}
            value={tab}
            className="-mb-px h-10 shrink-0 border-b-2 border-transparent px-3 text-muted hover:text-ink focus-visible:-outline-offset-2 data-[active]:border-accent data-[active]:font-strong data-[active]:text-ink"
          >
            {label}
            {count !== undefined && <span className="ml-1.5 text-small font-normal text-muted">{count}</span>}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {shown.map(({ tab, content }) => (
        <Tabs.Panel key={tab} value={tab} className="pt-4">
          {content}
        </Tabs.Panel>
      ))}
    </Tabs.Root>
  );
}
