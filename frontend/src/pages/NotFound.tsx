import { Compass } from 'lucide-react';
import { EmptyState } from '@/components/Common/EmptyState';
import { LinkButton } from '@/components/Common/LinkButton';
import { usePageTitle } from '@/hooks/ui/usePageTitle';

export default function NotFound() {
  usePageTitle('Not found');
  return (
    <>
      <h1 className="sr-only">Not found</h1>
      <EmptyState
        icon={Compass}
        title="There is no such page"
        actions={<LinkButton to="/">Go to the jobs</LinkButton>}
      >
        The address may be mistyped, or the page has moved.
      </EmptyState>
    </>
  );
}
