import { usePageTitle } from '@/hooks/ui/usePageTitle';

export default function Overview() {
  usePageTitle('Overview');
  return <h1 className="text-title">Overview</h1>;
}
