import { usePageTitle } from '@/hooks/ui/usePageTitle';

export default function Dashboard() {
  usePageTitle('Jobs');
  return <h1 className="text-title">Jobs</h1>;
}
