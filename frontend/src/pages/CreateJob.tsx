import { usePageTitle } from '@/hooks/ui/usePageTitle';

export default function CreateJob() {
  usePageTitle('New job');
  return <h1 className="text-title">New job</h1>;
}
