import { Menu } from '@base-ui/react/menu';
import { ChevronDown } from 'lucide-react';
import { BUTTON, VARIANTS } from '@/components/Common/Button';
import { TEMPLATES, type Template } from '@/components/JobForm/templates';

/** Starts the form from something that runs. */
export function TemplateMenu({ onPick }: { onPick: (template: Template) => void }) {
  return (
    <Menu.Root modal={false}>
      <Menu.Trigger className={`${BUTTON} ${VARIANTS.secondary}`}>
        Start from a template <ChevronDown aria-hidden size={16} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-40">
          <Menu.Popup className="min-w-64 rounded-lg border border-line bg-raised p-1 shadow-pop outline-none">
            {TEMPLATES.map((template) => (
              <Menu.Item
                key={template.name}
                onClick={() => onPick(template)}
                className="cursor-default rounded-md px-3 py-2 outline-none select-none data-[highlighted]:bg-hover"
              >
                <span className="block">{template.name}</span>
                <span className="block text-small text-muted">{template.says}</span>
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
