/** The five statuses in the order in which a job meets them. */
export const STATUSES = ['PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;

export function hasEnded(status: (typeof STATUSES)[number]): boolean {
  return status !== 'PENDING' && status !== 'RUNNING';
}
