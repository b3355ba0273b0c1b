import { fetchMe } from '@/services/me';
import { asProblem } from '@/services/problem';

const EVERY_MS = 3_000;
/** Reloading did not help so shortly before; doing it again would only make the page flicker. */
const NOT_WITHIN_MS = 60_000;
const KEY = 'jobdeck.reloaded';

/** Reloads the page once the server answers again; gives a function that lets it be. */
export function reloadWhenBack(reload = () => window.location.reload()): () => void {
  const timer = setInterval(() => void tryOnce(), EVERY_MS);
  const stop = () => clearInterval(timer);
  const tryOnce = async () => {
    if (!(await answers())) return;
    stop();
    if (Date.now() - Number(sessionStorage.getItem(KEY)) < NOT_WITHIN_MS) return;
    sessionStorage.setItem(KEY, String(Date.now()));
    reload();
  };
  return stop;
}

/** Also a refusal is an answer: the page that is read anew knows what to do about it. */
async function answers(): Promise<boolean> {
  try {
    await fetchMe();
    return true;
  } catch (error) {
    const { status } = asProblem(error);
    return status > 0 && status < 500;
  }
}
