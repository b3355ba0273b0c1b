// Writes what src/types has from the API's OpenAPI document: the types, which of them each operation takes and
// answers, and the limits of what may be submitted.
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@hey-api/openapi-ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const schema = path.resolve(process.argv[2] ?? path.join(root, '../docs/reference/openapi.json'));
const types = path.join(root, 'src/types');
const WRITTEN_BY = '// Written by scripts/generate-api.mjs from the OpenAPI document.\n';

const folder = await mkdtemp(path.join(tmpdir(), 'jobdeck-api-'));
try {
  await createClient({
    input: schema,
    output: { path: folder },
    plugins: ['@hey-api/typescript'],
    logs: { level: 'error' },
  });
  await copyFile(path.join(folder, 'types.gen.ts'), path.join(types, 'api.generated.ts'));
  const api = JSON.parse(await readFile(schema, 'utf8'));
  await writeFile(path.join(types, 'limits.generated.ts'), limits(api));
  await writeFile(path.join(types, 'operations.generated.ts'), operations(api));
  console.log(`${path.relative(root, types)} written from ${path.relative(root, schema)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** The same limits that the API checks, so that a form can say them before it is sent. */
function limits({ components: { schemas } }) {
  const resolved = (value) => {
    if (Array.isArray(value)) return value.map(resolved);
    if (typeof value !== 'object' || value === null) return value;
    if (value.$ref) return resolved(schemas[value.$ref.split('/').at(-1)]);
    const kept = Object.entries(value).filter(
      ([key, each]) => key !== 'description' || typeof each !== 'string',
    );
    return Object.fromEntries(kept.map(([key, each]) => [key, resolved(each)]));
  };
  const constant = (name, from) =>
    `export const ${name} = ${JSON.stringify(resolved(schemas[from].properties), null, 2)} as const;\n`;
  return [WRITTEN_BY, constant('JOB_WRITE', 'JobWrite'), constant('JOB_PATCH', 'JobPatch')].join('\n');
}

/** By method and address what a request takes and what its success answers, so that no caller has to say it. */
function operations({ paths }) {
  const all = Object.entries(paths).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({
      name: `${method.toUpperCase()} ${url}`,
      type: operationId.replace(/(?:^|_)(\w)/g, (_, first) => first.toUpperCase()),
    })),
  );
  const imports = all.flatMap(({ type }) => [`${type}Data`, `${type}Response`]);
  const members = all.map(
    ({ name, type }) => `  '${name}': { takes: ${type}Data; answers: ${type}Response };`,
  );
  return [
    WRITTEN_BY,
    `import type {\n${imports.map((name) => `  ${name},`).join('\n')}\n} from '@/types/api.generated';\n`,
    `export interface Operations {\n${members.join('\n')}\n}\n`,
  ].join('\n');
}
