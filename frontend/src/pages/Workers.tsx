import { usePageTitle } from '@/hooks/ui/usePageTitle';

export default function Workers() {
  usePageTitle('Workers');
  return <h1 className="text-title">Workers</h1>;
}
