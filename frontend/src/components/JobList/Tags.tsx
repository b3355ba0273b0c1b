import { clsx } from 'clsx';
import { Link } from 'react-router';

const SHOWN = 3;

/** Tags as links to the jobs that carry them. */
export function Tags({ tags, className }: { tags: string[]; className?: string }) {
  if (tags.length === 0) return null;
  const rest = tags.slice(SHOWN);
  return (
    <ul aria-label="Tags" className={clsx('min-w-0 gap-1 text-small', className ?? 'flex')}>
      {tags.slice(0, SHOWN).map((tag) => (
        <li key={tag} className="min-w-0">
          <Link
            to={`/?tag=${encodeURIComponent(tag)}`}
            className="block max-w-32 truncate rounded-sm bg-sunken px-1.5 leading-6 text-muted hover:text-ink hover:no-underline"
          >
            {tag}
          </Link>
        </li>
      ))}
      {rest.length > 0 && (
        <li title={rest.join(', ')} className="leading-6 text-muted">
          +{rest.length}
        </li>
      )}
    </ul>
  );
}
