import type { ReactNode } from 'react';
import { CopyButton } from '@/components/Common/CopyButton';
import { CodeBlock } from '@/components/Common/CodeBlock';
import { Panel } from '@/components/Common/Panel';
import { RelativeTime } from '@/components/Common/RelativeTime';
import type { JobDetail } from '@/services/jobs';
import { bytes } from '@/utils/numbers';
import { absoluteTime, duration } from '@/utils/time';

/** What was submitted: command, environment, and every setting. */
export function Details({ job }: { job: JobDetail }) {
  const environment = Object.entries(job.environment);
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div className="grid grid-cols-1 content-start gap-4">
        {job.command && (
          <Panel title="Command">
            <div className="p-4 [&_pre]:max-h-96">
              <CodeBlock>{job.command}</CodeBlock>
            </div>
          </Panel>
        )}
        <Panel
          title="Environment"
          aside={
            environment.length > 0 && (
              <CopyButton
                text={environment.map(([name, value]) => `${name}=${value}`).join('\n')}
                label="Copy the environment"
              />
            )
          }
        >
          {environment.length === 0 ? (
            <p className="p-4 text-muted">Nothing beyond what every job gets.</p>
          ) : (
            <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 p-4 font-mono text-small leading-6">
              {environment.map(([name, value]) => (
                <div key={name} className="contents">
                  <dt className="text-muted">{name}</dt>
                  <dd className="min-w-0 break-all">{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </Panel>
      </div>
      <Settings job={job} />
    </div>
  );
}

function Settings({ job }: { job: JobDetail }) {
  const needs = job.resource_requirements;
  return (
    <Panel title="Settings">
      <dl className="divide-y divide-line px-4">
        <Setting name="Kind">{job.kind === 'run' ? 'Runs a command' : 'Tracked, without a command'}</Setting>
        <Setting name="Executor">{job.executor}</Setting>
        <Setting name="Working directory">
          {job.working_directory ? <code>{job.working_directory}</code> : 'A fresh folder per attempt'}
        </Setting>
        <Setting name="CPUs">{needs.cpus ?? 'Not set'}</Setting>
        <Setting name="Memory">
          {needs.memory_mb === undefined ? 'Not set' : bytes(needs.memory_mb * 1024 * 1024)}
        </Setting>
        {needs.gpus !== undefined && <Setting name="GPUs">{needs.gpus}</Setting>}
        {needs.disk_mb !== undefined && <Setting name="Disk">{bytes(needs.disk_mb * 1024 * 1024)}</Setting>}
        <Setting name="Time limit">{job.timeout === null ? 'None' : duration(job.timeout)}</Setting>
        <Setting name="Attempts">
          {job.max_attempts === 1
            ? '1, no retry'
            : `Up to ${job.max_attempts}, ${duration(job.retry_delay)} apart`}
        </Setting>
        <Setting name="When its worker is lost">{job.retry_on_lost ? 'Starts again' : 'Fails'}</Setting>
        <Setting name="Scheduled for">
          {job.scheduled_at ? absoluteTime(new Date(job.scheduled_at)) : 'As soon as possible'}
        </Setting>
        <Setting name="Created">{absoluteTime(new Date(job.created_at))}</Setting>
        <Setting name="Last change">
          <RelativeTime at={job.updated_at} />
        </Setting>
      </dl>
    </Panel>
  );
}

function Setting({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="flex min-h-9 items-center justify-between gap-4 py-1">
      <dt className="shrink-0 text-muted">{name}</dt>
      <dd className="min-w-0 text-end break-words">{children}</dd>
    </div>
  );
}
