import type { JobsExportRetrieveData } from '@/types/api.generated';

type ExportQuery = NonNullable<JobsExportRetrieveData['query']>;
export type ExportFormat = NonNullable<ExportQuery['format']>;
export type ExportColumn = NonNullable<ExportQuery['columns']>[number];

/** Every column there is: the compiler asks for one that is missing. */
const COLUMNS: Record<ExportColumn, true> = {
  id: true,
  name: true,
  status: true,
  priority: true,
  queue: true,
  owner: true,
  kind: true,
  tags: true,
  description: true,
  command: true,
  working_directory: true,
  executor: true,
  created_at: true,
  scheduled_at: true,
  available_at: true,
  started_at: true,
  completed_at: true,
  updated_at: true,
  execution_time: true,
  progress: true,
  exit_code: true,
  signal: true,
  reason: true,
  error_message: true,
  result_data: true,
  result_omitted: true,
  status_message: true,
  status_changed_at: true,
  status_history_count: true,
  attempt: true,
  attempts_used: true,
  max_attempts: true,
  retry_delay: true,
  retry_on_lost: true,
  timeout: true,
  resource_requirements: true,
  cancel_requested_at: true,
  cancel_requested_by: true,
  archived_at: true,
  version: true,
};
export const EXPORT_COLUMNS = Object.keys(COLUMNS).filter((name): name is ExportColumn => name in COLUMNS);
