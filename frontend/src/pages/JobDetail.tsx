import { usePageTitle } from '@/hooks/ui/usePageTitle';

export default function JobDetail() {
  usePageTitle('Job');
  return <h1 className="text-title">Job</h1>;
}
