import { screen } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import JobDetail from '@/pages/JobDetail';
import { detailOf, jobFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, server } from '@/test/server';

test('“Copy as curl” submits the same job, to the last field', async () => {
  const submitted = {
    name: 'sum',
    command: "echo it's",
    description: 'of everything',
    priority: 8,
    queue: 'gpu',
    tags: ['a, b'],
    scheduled_at: '2099-01-01T00:00:30Z',
    resource_requirements: { cpus: 2, memory_mb: 512, gpus: 1, disk_mb: 100 },
    timeout: 60,
    max_attempts: 3,
    retry_delay: 7,
    retry_on_lost: false,
    executor: 'slurm',
    working_directory: '/srv',
    environment: { DATA: '/srv' },
    depends_on: [{ job: 3 }, { job: 4, wants: 'end' }],
  };
  const depends_on = [
    { job: 3, wants: 'success', met: true },
    { job: 4, wants: 'end', met: null },
  ];
  const job = { ...detailOf(jobFactory.pending({ id: 7 })), ...submitted, depends_on };
  server.use(http.get(api('/jobs/:id/'), () => HttpResponse.json(job)));
  const { user } = renderApp(<JobDetail />, { at: '/jobs/7', path: '/jobs/:id' });
  const copied = jest.spyOn(navigator.clipboard, 'writeText');
  await user.click(await screen.findByRole('button', { name: 'More actions' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Copy as curl' }));
  expect(await screen.findByText('Copied as curl')).toBeInTheDocument();
  const command = copied.mock.calls[0]?.[0] ?? '';
  const [, body = ''] = /-d '([\s\S]*)'$/.exec(command) ?? [];
  expect(JSON.parse(body.replaceAll("'\\''", "'"))).toEqual(submitted);
});
