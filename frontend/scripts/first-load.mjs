// Fails when what a browser loads to show the list for the first time grows past its budget.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 150;
const dist = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'dist');
const assets = path.join(dist, 'assets');
const files = (await readdir(assets)).filter((name) => !/\.(br|gz)$/.test(name));

/** A chunk with everything that it imports at once; what it imports on demand is left out. */
async function withStaticImports(file, seen = new Set()) {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!file.endsWith('.js')) return seen;
  const code = await readFile(path.join(assets, file), 'utf8');
  for (const [, name] of code.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) {
    await withStaticImports(name, seen);
  }
  return seen;
}

const loaded = new Set();
for (const file of files.filter((name) => /^(index|Dashboard|theme-early)[-.]/.test(name))) {
  await withStaticImports(file, loaded);
}
let total = gzipSync(await readFile(path.join(dist, 'index.html'))).length;
for (const file of loaded) {
  const size = gzipSync(await readFile(path.join(assets, file))).length;
  total += size;
  console.log(`${(size / 1000).toFixed(1).padStart(7)} kB  ${file}`);
}
console.log(`${(total / 1000).toFixed(1).padStart(7)} kB  in all, gzipped; the budget is ${BUDGET_KB} kB`);
if (total > BUDGET_KB * 1000) process.exitCode = 1;
