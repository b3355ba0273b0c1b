import type { STATUSES } from '@/utils/status';

/** The fields of a report as they are typed. */
export interface ReportValues {
  status_type: (typeof STATUSES)[number];
  message: string;
  progress: string;
  result_data: string;
  error_message: string;
}

/** What to send: only what was said, and only what the new status has a use for. */
export function reportOf(values: ReportValues) {
  const { status_type, message, progress, result_data, error_message } = values;
  const ends = status_type === 'COMPLETED' || status_type === 'FAILED';
  return {
    status_type,
    ...(message && { message }),
    ...(progress !== '' && status_type !== 'CANCELLED' && { progress: Number(progress) }),
    ...(error_message && status_type === 'FAILED' && { error_message }),
    ...(ends && result_data.trim() !== '' && { result_data: parseJson(result_data).value }),
  };
}

/** A JSON text's value, or the sentence that says what is wrong with it. Nothing is no JSON and no problem. */
export function parseJson(text: string): { value?: unknown; problem?: string } {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : 'it cannot be read'}` };
  }
}
