// Runs the browser tests against a Jobdeck of their own: a home in a temporary folder, a free port, the real
// processes under the real supervisor. Arguments go to Playwright: `npm test -- --headed create-job`.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const READY_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 60_000;

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..', '..');
const backend = join(root, 'backend');
const python = join(root, '.venv', 'bin', 'python');

const scratch = mkdtempSync(join(tmpdir(), 'jobdeck-e2e-'));
chmodSync(scratch, 0o711); // as root the database runs as a user of its own, who must be able to pass
const environment = {
  ...process.env,
  JOBDECK_HOME: join(scratch, 'home'),
  PORT: String(await freePort()),
  HOST: '127.0.0.1',
  JOBDECK_AUTH: 'on',
  JOBDECK_CPUS: '4',
  DATABASE_URL: '',
  LOG_FORMAT: 'text',
};
const base = `http://127.0.0.1:${environment.PORT}`;

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

function start(command, args, options) {
  const child = spawn(command, args, { stdio: 'inherit', env: environment, ...options });
  child.ended = new Promise((ended) => child.on('exit', (code, signal) => ended(code ?? signal)));
  return child;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function ready(jobdeck) {
  const until = Date.now() + READY_WITHIN_MS;
  while (Date.now() < until && jobdeck.exitCode === null) {
    const answer = await fetch(`${base}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error('Jobdeck did not get ready');
}

async function signInLink() {
  const child = start(python, ['-m', 'standalone', 'manage', 'signin'], {
    cwd: backend,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.on('data', (piece) => (printed += piece));
  await child.ended;
  const link = printed.match(/http\S+/)?.[0];
  if (!link) throw new Error(`no sign-in link in: ${printed}`);
  return link;
}

async function main() {
  const jobdeck = start(python, ['-m', 'standalone'], {
    cwd: backend,
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = () => jobdeck.kill('SIGTERM');
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    await ready(jobdeck);
    environment.JOBDECK_E2E_URL = base;
    environment.JOBDECK_E2E_SIGN_IN = await signInLink();
    environment.JOBDECK_E2E_TOKEN = readFileSync(join(environment.JOBDECK_HOME, 'token'), 'utf8').trim();
    environment.JOBDECK_E2E_STATE = join(scratch, 'signed-in.json');
    const playwright = start('npx', ['--no-install', 'playwright', 'test', ...process.argv.slice(2)], {
      cwd: here,
    });
    return await playwright.ended;
  } finally {
    stop();
    await Promise.race([jobdeck.ended, pause(STOPPED_WITHIN_MS)]);
    if (jobdeck.exitCode === null && jobdeck.signalCode === null) throw new Error('Jobdeck did not stop');
    rmSync(scratch, { recursive: true, force: true });
  }
}

process.exitCode = (await main()) === 0 ? 0 : 1;
