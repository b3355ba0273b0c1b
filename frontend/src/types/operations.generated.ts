// Written by scripts/generate-api.mjs from the OpenAPI document.

import type {
  SigninData,
  SigninResponse,
  SignoutData,
  SignoutResponse,
  JobsListData,
  JobsListResponse,
  JobsCreateData,
  JobsCreateResponse,
  JobsRetrieveData,
  JobsRetrieveResponse,
  JobsPartialUpdateData,
  JobsPartialUpdateResponse,
  JobsDestroyData,
  JobsDestroyResponse,
  JobsCancelCreateData,
  JobsCancelCreateResponse,
  JobsDependenciesRetrieveData,
  JobsDependenciesRetrieveResponse,
  JobsLogsRetrieveData,
  JobsLogsRetrieveResponse,
  JobsRestoreCreateData,
  JobsRestoreCreateResponse,
  JobsRetryCreateData,
  JobsRetryCreateResponse,
  JobsStatusesListData,
  JobsStatusesListResponse,
  JobsBulkCreateData,
  JobsBulkCreateResponse,
  JobsExportRetrieveData,
  JobsExportRetrieveResponse,
  JobsQueueRetrieveData,
  JobsQueueRetrieveResponse,
  JobsQueueClaimCreateData,
  JobsQueueClaimCreateResponse,
  JobsSearchSuggestRetrieveData,
  JobsSearchSuggestRetrieveResponse,
  JobsStatsRetrieveData,
  JobsStatsRetrieveResponse,
  KeepTimesListData,
  KeepTimesListResponse,
  KeepTimesUpdateData,
  KeepTimesUpdateResponse,
  KeepTimesDestroyData,
  KeepTimesDestroyResponse,
  MeData,
  MeResponse,
  OperationsListData,
  OperationsListResponse,
  OperationsCreateData,
  OperationsCreateResponse,
  OperationsRetrieveData,
  OperationsRetrieveResponse,
  OperationsAbortCreateData,
  OperationsAbortCreateResponse,
  OperationsOutcomesListData,
  OperationsOutcomesListResponse,
  OperationsUndoCreateData,
  OperationsUndoCreateResponse,
  OperationsPreviewData,
  OperationsPreviewResponse,
  WorkersListData,
  WorkersListResponse,
} from '@/types/api.generated';

export interface Operations {
  'POST /api/auth/signin/': { takes: SigninData; answers: SigninResponse };
  'POST /api/auth/signout/': { takes: SignoutData; answers: SignoutResponse };
  'GET /api/jobs/': { takes: JobsListData; answers: JobsListResponse };
  'POST /api/jobs/': { takes: JobsCreateData; answers: JobsCreateResponse };
  'GET /api/jobs/{id}/': { takes: JobsRetrieveData; answers: JobsRetrieveResponse };
  'PATCH /api/jobs/{id}/': { takes: JobsPartialUpdateData; answers: JobsPartialUpdateResponse };
  'DELETE /api/jobs/{id}/': { takes: JobsDestroyData; answers: JobsDestroyResponse };
  'POST /api/jobs/{id}/cancel/': { takes: JobsCancelCreateData; answers: JobsCancelCreateResponse };
  'GET /api/jobs/{id}/dependencies/': { takes: JobsDependenciesRetrieveData; answers: JobsDependenciesRetrieveResponse };
  'GET /api/jobs/{id}/logs/': { takes: JobsLogsRetrieveData; answers: JobsLogsRetrieveResponse };
  'POST /api/jobs/{id}/restore/': { takes: JobsRestoreCreateData; answers: JobsRestoreCreateResponse };
  'POST /api/jobs/{id}/retry/': { takes: JobsRetryCreateData; answers: JobsRetryCreateResponse };
  'GET /api/jobs/{id}/statuses/': { takes: JobsStatusesListData; answers: JobsStatusesListResponse };
  'POST /api/jobs/bulk/': { takes: JobsBulkCreateData; answers: JobsBulkCreateResponse };
  'GET /api/jobs/export/': { takes: JobsExportRetrieveData; answers: JobsExportRetrieveResponse };
  'GET /api/jobs/queue/': { takes: JobsQueueRetrieveData; answers: JobsQueueRetrieveResponse };
  'POST /api/jobs/queue/claim/': { takes: JobsQueueClaimCreateData; answers: JobsQueueClaimCreateResponse };
  'GET /api/jobs/search/suggest/': { takes: JobsSearchSuggestRetrieveData; answers: JobsSearchSuggestRetrieveResponse };
  'GET /api/jobs/stats/': { takes: JobsStatsRetrieveData; answers: JobsStatsRetrieveResponse };
  'GET /api/keep-times/': { takes: KeepTimesListData; answers: KeepTimesListResponse };
  'PUT /api/keep-times/{queue}/': { takes: KeepTimesUpdateData; answers: KeepTimesUpdateResponse };
  'DELETE /api/keep-times/{queue}/': { takes: KeepTimesDestroyData; answers: KeepTimesDestroyResponse };
  'GET /api/me/': { takes: MeData; answers: MeResponse };
  'GET /api/operations/': { takes: OperationsListData; answers: OperationsListResponse };
  'POST /api/operations/': { takes: OperationsCreateData; answers: OperationsCreateResponse };
  'GET /api/operations/{id}/': { takes: OperationsRetrieveData; answers: OperationsRetrieveResponse };
  'POST /api/operations/{id}/abort/': { takes: OperationsAbortCreateData; answers: OperationsAbortCreateResponse };
  'GET /api/operations/{id}/outcomes/': { takes: OperationsOutcomesListData; answers: OperationsOutcomesListResponse };
  'POST /api/operations/{id}/undo/': { takes: OperationsUndoCreateData; answers: OperationsUndoCreateResponse };
  'POST /api/operations/preview/': { takes: OperationsPreviewData; answers: OperationsPreviewResponse };
  'GET /api/workers/': { takes: WorkersListData; answers: WorkersListResponse };
}
