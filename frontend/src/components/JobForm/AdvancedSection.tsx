import { useState } from 'react';
import { ChevronRight } from 'lucide-react';
import { useFormState, type Control, type UseFormRegister } from 'react-hook-form';
import { AdvancedFields } from '@/components/JobForm/AdvancedFields';
import { ADVANCED, type JobValues } from '@/utils/jobForm';

interface Props {
  register: UseFormRegister<JobValues>;
  control: Control<JobValues>;
}

/** Folded until somebody wants it, or something in it has to be mended. */
export function AdvancedSection({ register, control }: Props) {
  const { errors, defaultValues } = useFormState({ control });
  const [open, setOpen] = useState(() => ADVANCED.some((name) => (defaultValues?.[name] ?? '').length > 0));
  const shown = open || ADVANCED.some((name) => errors[name]);
  return (
    <section className="rounded-lg border border-line bg-surface">
      <button
        type="button"
        aria-expanded={shown}
        onClick={() => setOpen(!shown)}
        className="flex min-h-10 w-full items-center gap-2 px-4 text-start font-strong"
      >
        <ChevronRight aria-hidden size={16} className={`transition-transform ${shown ? 'rotate-90' : ''}`} />
        Advanced
        <span className="truncate font-normal text-muted">
          resources, limits, retries, working directory, environment
        </span>
      </button>
      {shown && (
        <div className="border-t border-line p-4">
          <AdvancedFields register={register} control={control} />
        </div>
      )}
    </section>
  );
}
