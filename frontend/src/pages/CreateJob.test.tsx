import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import type { ScriptEditorProps } from '@/components/JobForm/CommandField';
import CreateJob from '@/pages/CreateJob';
import { detailOf, jobFactory } from '@/test/jobFactory';
import { renderApp } from '@/test/render';
import { api, problem, server } from '@/test/server';
import { EMPTY_JOB, labelOf, NAMES } from '@/utils/submission';

// CodeMirror measures what it draws, which no DOM without a layout can answer.
jest.mock('@/components/JobForm/CodeMirrorEditor', () => ({
  __esModule: true,
  default: ({ value, onChange, control }: ScriptEditorProps) => (
    <textarea {...control} value={value} onChange={(event) => onChange(event.target.value)} />
  ),
}));

const open = (at = '/jobs/new') => renderApp(<CreateJob />, { at, path: '/jobs/new' });

async function fill(user: ReturnType<typeof open>['user']) {
  await user.type(await screen.findByLabelText('Name'), 'hello');
  await user.type(screen.getByLabelText('Command or script'), 'echo hi');
}

test('submitting twice at once makes one job, and leads to its page', async () => {
  const keys: (string | null)[] = [];
  server.use(
    http.post(api('/jobs/'), ({ request }) => {
      keys.push(request.headers.get('Idempotency-Key'));
      return HttpResponse.json(detailOf(jobFactory.pending({ id: 12 })), { status: 201 });
    }),
  );
  const { user, router } = open();
  await fill(user);
  await user.dblClick(screen.getByRole('button', { name: 'Submit job' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/jobs/12'));
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
});

test('what is missing is told in a summary that takes the focus, and at the fields', async () => {
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: 'Submit job' }));
  const summary = await screen.findByRole('alert');
  await waitFor(() => expect(summary).toHaveFocus());
  expect(summary).toHaveTextContent('Name: Give the job a name.');
  expect(screen.getByLabelText('Command or script')).toBeInvalid();
  await user.click(screen.getByRole('button', { name: 'Name' }));
  expect(screen.getByLabelText('Name')).toHaveFocus();
});

test('what the server refuses stands at its field, and what was typed stays', async () => {
  server.use(
    http.post(api('/jobs/'), () =>
      problem(400, {
        title: 'Invalid input',
        errors: [
          {
            field: 'resource_requirements.memory_mb',
            message: 'No worker has that much.',
            hint: 'At most 16000.',
          },
          { field: 'resource_requirements.gpus', message: 'No worker declares gpus.' },
          { field: 'status', message: 'This is not to be given.' },
        ],
      }),
    ),
  );
  const { user } = open();
  await fill(user);
  await user.click(screen.getByRole('button', { name: 'Submit job' }));
  expect(await screen.findByLabelText(/Memory in MB/)).toHaveAccessibleDescription(
    'No worker has that much. At most 16000.',
  );
  expect(screen.getByLabelText(/^GPUs/)).toHaveAccessibleDescription('No worker declares gpus.');
  expect(screen.getByRole('alert')).toHaveTextContent('GPUs: No worker declares gpus.');
  expect(screen.getByRole('alert')).toHaveTextContent('status: This is not to be given.');
  expect(screen.getByLabelText('Name')).toHaveValue('hello');
  expect(screen.getByLabelText('Command or script')).toHaveValue('echo hi');
});

test('a tracked job has no command to fill in', async () => {
  let body: unknown;
  server.use(
    http.post(api('/jobs/'), async ({ request }) => {
      body = await request.json();
      return HttpResponse.json(detailOf(jobFactory.tracked({ id: 13 })), { status: 201 });
    }),
  );
  const { user, router } = open();
  await user.click(await screen.findByLabelText(/^Tracked/));
  expect(screen.queryByLabelText('Command or script')).not.toBeInTheDocument();
  await user.type(screen.getByLabelText('Name'), 'assay');
  await user.click(screen.getByRole('button', { name: 'Create tracked job' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/jobs/13'));
  expect(body).toEqual({ name: 'assay' });
});

test('?from submits again what another job was submitted with, to the last field', async () => {
  const submitted = {
    name: 'sum',
    command: 'python sum.py',
    description: 'of everything',
    priority: 8,
    queue: 'gpu',
    tags: ['a', 'b'],
    resource_requirements: { cpus: 2, memory_mb: 512, gpus: 1, disk_mb: 100 },
    timeout: 60,
    max_attempts: 3,
    retry_delay: 7,
    retry_on_lost: false,
    executor: 'slurm',
    working_directory: '/srv',
    environment: { DATA: '/srv' },
  };
  let body: unknown;
  server.use(
    http.get(api('/jobs/4/'), () =>
      HttpResponse.json({ ...detailOf(jobFactory.failed({ id: 4 })), ...submitted }),
    ),
    http.post(api('/jobs/'), async ({ request }) => {
      body = await request.json();
      return HttpResponse.json(detailOf(jobFactory.pending({ id: 5 })), { status: 201 });
    }),
  );
  const { user, router } = open('/jobs/new?from=4');
  expect(await screen.findByLabelText('Name')).toHaveValue('sum');
  expect(await screen.findByLabelText('Command or script')).toHaveValue('python sum.py');
  expect(screen.getByLabelText(/Tags/)).toHaveValue('a, b');
  expect(screen.getByLabelText('Value of variable 1')).toHaveValue('/srv');
  await user.click(screen.getByRole('button', { name: 'Submit job' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/jobs/5'));
  expect(body).toEqual(submitted);
});

test('every field of a submission is in the form', async () => {
  const { user } = open();
  await user.click(await screen.findByRole('button', { name: /^Advanced/ }));
  const parts = Object.keys(EMPTY_JOB.resource_requirements).map((part) => `resource_requirements.${part}`);
  const whole = NAMES.filter((name) => name !== 'resource_requirements' && name !== 'environment');
  for (const name of [...whole, ...parts]) {
    expect(screen.getByLabelText(new RegExp(`^${labelOf(name)}`))).toBeVisible();
  }
  expect(screen.getByRole('group', { name: /^Environment/ })).toBeVisible();
});

test('Ctrl and Enter submit from any field', async () => {
  let posts = 0;
  server.use(
    http.post(api('/jobs/'), () => {
      posts += 1;
      return HttpResponse.json(detailOf(jobFactory.pending({ id: 12 })), { status: 201 });
    }),
  );
  const { user, router } = open();
  await fill(user);
  await user.keyboard('{Control>}{Enter}{/Control}');
  await waitFor(() => expect(router.state.location.pathname).toBe('/jobs/12'));
  expect(posts).toBe(1);
});
